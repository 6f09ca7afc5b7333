[ -z "$(bash "$APP/greet.sh" 2>&1 >/dev/null)" ]
