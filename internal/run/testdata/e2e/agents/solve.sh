echo solved >/app/answer.txt
