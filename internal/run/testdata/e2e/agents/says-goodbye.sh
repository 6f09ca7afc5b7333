# Works until it is told to end, and only then does what it was asked for.
goodbye() {
	echo goodbye
	echo solved >/app/answer.txt
	exit 0
}
trap goodbye TERM
while :; do sleep 0.1; done
