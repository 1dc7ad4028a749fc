# Signals, alerts, backups and versions.
[ "$(error_share 5 100)" = 5 ]
[ "$(error_share 5 0)" = 0 ]
[ "$(alert_level 12)" = page ]
[ "$(backups_to_drop 9 7)" = 2 ]
is_version 1.4.2
refuses is_version 1.4
