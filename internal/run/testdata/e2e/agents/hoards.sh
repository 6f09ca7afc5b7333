# Leaves what harms those who copy it: devices, pipes, links out, a file of 15 TB
# that takes no room, a hundred directories in each other, names that steer terminals.
for dir in /app /logs/agent /logs/verifier /logs/artifacts; do
	mkdir -p "$dir"
	cd "$dir" || continue
	mknod disk b 8 0 && echo "FOUND a device"
	mknod zero c 1 5 && echo "FOUND a device"
	mkfifo pipe
	truncate -s 15T sparse
	ln -s /etc/shadow shadow
	ln -s ../../../../../../../../etc/passwd passwd
	ln -s . loop
	mkdir -p "$(printf 'deep/%.0s' $(seq 100))"
	touch "$(printf '\033]0;title\007::error::name')" -- -rf
	head -c 1M /dev/zero | gzip -c >bomb.gz
	ln bomb.gz again.gz
done
echo solved >/app/answer.txt
echo "everything is in place"
