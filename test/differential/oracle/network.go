package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Response is what is found at an address.
type Response struct {
	Status int    `json:"status"`
	Body   []byte `json:"body"`
	// Instead of a response: "error", or "hang", until the client's own time limit.
	Failure string `json:"failure,omitempty"`
}

type transport map[string]Response

// RoundTrip answers a request for an address of the network, or for an OCSP request below it.
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	response, ok := t.find(request.URL.String())
	if !ok {
		return nil, fmt.Errorf("no such host: %s", request.URL.Host)
	}
	switch response.Failure {
	case "hang":
		<-request.Context().Done()
		return nil, request.Context().Err()
	case "error":
		return nil, errors.New("connection refused")
	}
	return &http.Response{
		StatusCode:    response.Status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{},
		Body:          io.NopCloser(bytes.NewReader(response.Body)),
		ContentLength: int64(len(response.Body)),
		Request:       request,
	}, nil
}

func (t transport) find(address string) (Response, bool) {
	for known, response := range t {
		// As a request has it, with a scheme in lower case; the base64 of an OCSP request begins with an M.
		if parsed, err := url.Parse(known); err == nil {
			known = parsed.String()
		}
		if address == known || strings.HasPrefix(address, strings.TrimSuffix(known, "/")+"/M") {
			return response, true
		}
	}
	return Response{}, false
}
