// The stand-in for Harbor's images: one program that plays each of them, so that the life of an installation can be tried
// where none of them can be pulled. What it renders and where it keeps it follows goharbor/harbor make/photon/prepare.
package main

import (
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Set in each image.
var (
	role    = os.Getenv("STANDIN_ROLE")
	version = os.Getenv("STANDIN_VERSION")
)

var roles = map[string]func() error{
	"core":        core,
	"db":          database,
	"redis":       keyValueStore,
	"registryctl": answering(":8080", "/api/health"),
	"jobservice":  answering(":8080", "/api/v1/stats"),
	"portal":      answering(":8080", "/"),
	"log":         logSink,
	"registry":    registry,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix(role + ": ")
	if role == "prepare" {
		fail(prepareCommand(os.Args[1:]))
		return
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-ended
		os.Exit(0)
	}()
	run, known := roles[role]
	if !known {
		fail(fmt.Errorf("there is no role %q", role))
	}
	if is(faults().Exits, role) {
		time.Sleep(300 * time.Millisecond) // an engine that restarts it at once would be busy with nothing else
		fail(fmt.Errorf("ends as faults.json asks"))
	}
	fail(run())
}

func fail(err error) {
	if err == nil {
		return
	}
	log.Print(err)
	os.Exit(1)
}
