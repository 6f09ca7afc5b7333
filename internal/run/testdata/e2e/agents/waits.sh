# Works until it is told to go on.
until [ -e /tmp/go ]; do sleep 0.05; done
echo solved >/app/answer.txt
