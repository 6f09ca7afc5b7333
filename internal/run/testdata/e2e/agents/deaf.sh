# Works for ever, and so do its children; none of them listens to TERM.
trap '' TERM
touch /tmp/working
for i in 1 2 3; do (while :; do sleep 1; done) & done
while :; do sleep 1; done
