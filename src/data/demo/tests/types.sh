# Names and sizes.
is_name web-1
refuses is_name Web
refuses is_name -web
[ "$(to_mebibytes 2Gi)" = 2048 ]
refuses to_mebibytes two
