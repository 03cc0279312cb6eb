package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// Faults are what a test switches on in faults.json of the data folder. A release is named as its images' tags are: "v2.15.2".
type Faults struct {
	// Component by its name in /health -> release in which it never gets healthy.
	Unhealthy map[string]string `json:"unhealthy"`
	// Role -> release whose container ends at once.
	Exits map[string]string `json:"exits"`
	// "prepare" or "migrate" -> release whose command fails.
	Fails map[string]string `json:"fails"`
	// "prepare", "migrate" or "health" -> seconds that it takes.
	Seconds map[string]float64 `json:"seconds"`
}

// faults reads them from the data folder, which Harbor's core and `prepare` have at /data; nobody else needs one.
func faults() Faults {
	return faultsIn("/data")
}

func faultsIn(folder string) Faults {
	var found Faults
	if text, err := os.ReadFile(filepath.Join(folder, "faults.json")); err == nil {
		_ = json.Unmarshal(text, &found)
	}
	return found
}

// is tells whether a fault is switched on for this image's release.
func is(fault map[string]string, name string) bool {
	release, switched := fault[name]
	return switched && release == version
}
