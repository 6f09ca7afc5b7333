[ "$(bash "$APP/greet.sh")" = "hello, world" ]
