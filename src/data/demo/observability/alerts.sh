# When somebody is woken.

# Prints page, ticket or none for an error share of $1 percent.
alert_level() {
    if [ "$1" -ge 10 ]; then
        echo page
    elif [ "$1" -ge 2 ]; then
        echo ticket
    else
        echo none
    fi
}
