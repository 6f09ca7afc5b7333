package otlp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/benchgate/benchgate/internal/otlp"
)

func Example() {
	receiver := otlp.NewReceiver(otlp.Options{})
	server := httptest.NewServer(receiver.Handler()) // in earnest: go receiver.Serve(ctx, listener)
	defer server.Close()

	token := receiver.Admit("candidate/countdown-game/1.1")
	body := `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[
		{"key":"event.name","value":{"stringValue":"tool_result"}},
		{"key":"success","value":{"stringValue":"true"}}]}]}]}]}`
	res, err := http.Post(server.URL+"/"+token+"/v1/logs", "application/json", strings.NewReader(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	res.Body.Close()
	receiver.Revoke(token)

	records, errs := otlp.DecodeAll(receiver.Payloads("candidate/countdown-game/1.1"))
	fmt.Println(res.Status, len(errs))
	for _, e := range records.Events {
		fmt.Println(e.Name, e.Attributes["success"])
	}
	// Output:
	// 200 OK 0
	// tool_result true
}
