package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
)

// answering is a component that answers 200 on one path.
func answering(address, path string) func() error {
	return func() error {
		mux := http.NewServeMux()
		mux.HandleFunc(path, func(response http.ResponseWriter, _ *http.Request) {
			response.Header().Set("Content-Type", "text/plain")
			fmt.Fprintf(response, "%s %s\n", role, version)
		})
		return http.ListenAndServe(address, mux)
	}
}

// keyValueStore answers PING as Redis does, and keeps a file where Redis keeps its dump.
func keyValueStore() error {
	if err := os.WriteFile("/var/lib/redis/dump.rdb", []byte(version), 0o600); err != nil {
		return err
	}
	return listen(":6379", func(connection net.Conn) {
		_, _ = connection.Write([]byte("+PONG\r\n"))
	})
}

// logSink takes what the engine's syslog driver sends, as rsyslog would.
func logSink() error {
	return listen(":10514", func(connection net.Conn) { _, _ = io.Copy(io.Discard, connection) })
}

func listen(address string, serve func(net.Conn)) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer connection.Close()
			serve(connection)
		}()
	}
}

// registry becomes the real one.
func registry() error {
	return syscall.Exec("/registry", []string{"registry", "serve", "/etc/registry/config.yml"}, os.Environ())
}
