package main

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

type component struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Error  string `json:"error,omitempty"`
}

type overallHealth struct {
	Status     string      `json:"status"`
	Components []component `json:"components"`
}

var checks = []struct {
	name  string
	check func() error
}{
	{"core", func() error { return nil }},
	{"database", func() error { _, err := readRows(); return err }},
	{"jobservice", reachable("http://jobservice:8080/api/v1/stats")},
	{"portal", reachable("http://portal:8080/")},
	{"redis", dialable("redis:6379")},
	{"registry", reachable("http://registry:5000/")},
	{"registryctl", reachable("http://registryctl:8080/api/health")},
}

// health is what really answers, unless faults.json says otherwise. Its HTTP status is 200 whatever it says.
func health(since time.Duration) overallHealth {
	switched := faults()
	early := since.Seconds() < switched.Seconds["health"]
	found := overallHealth{Status: "healthy"}
	for _, entry := range checks {
		state := component{Name: entry.name, Status: "healthy"}
		err := entry.check()
		if err == nil && (is(switched.Unhealthy, entry.name) || early) {
			err = fmt.Errorf("unhealthy as faults.json asks")
		}
		if err != nil {
			state.Status, state.Error, found.Status = "unhealthy", err.Error(), "unhealthy"
		}
		found.Components = append(found.Components, state)
	}
	return found
}

func reachable(url string) func() error {
	client := http.Client{Timeout: 2 * time.Second}
	return func() error {
		response, err := client.Get(url)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("received unexpected status code: %d", response.StatusCode)
		}
		return nil
	}
}

func dialable(address string) func() error {
	return func() error {
		connection, err := net.DialTimeout("tcp", address, 2*time.Second)
		if err == nil {
			connection.Close()
		}
		return err
	}
}
