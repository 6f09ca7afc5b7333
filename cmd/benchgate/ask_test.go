package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// ask is a coding agent with one idea: it sends what it reads on standard
// input to the model (BENCHGATE_MODEL, or its argument) and prints the answer.
func ask() int {
	if err := askModel(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		return 7
	}
	return 0
}

func askModel(prompt io.Reader, answer io.Writer) error {
	model := os.Getenv("BENCHGATE_MODEL")
	if len(os.Args) > 1 {
		model = os.Args[1]
	}
	text, err := io.ReadAll(prompt)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{
		"model": model, "max_tokens": 100,
		"messages": []map[string]string{{"role": "user", "content": cmp.Or(string(text), "hello")}},
	})
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPost, os.Getenv("ANTHROPIC_BASE_URL")+"/v1/messages", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("X-Api-Key", os.Getenv("ANTHROPIC_API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var message struct {
		Content []struct{ Text string }
	}
	if err := json.NewDecoder(response.Body).Decode(&message); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || len(message.Content) == 0 {
		return errors.New("the model answered " + response.Status)
	}
	_, err = fmt.Fprintln(answer, message.Content[0].Text)
	return err
}
