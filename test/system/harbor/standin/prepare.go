package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// HarborYml is what is read of harbor.yml.
type HarborYml struct {
	Hostname string `yaml:"hostname"`
	HTTP     struct {
		Port int `yaml:"port"`
	} `yaml:"http"`
	HTTPS struct {
		Port        int    `yaml:"port"`
		Certificate string `yaml:"certificate"`
		PrivateKey  string `yaml:"private_key"`
	} `yaml:"https"`
	AdminPassword string `yaml:"harbor_admin_password"`
	Database      struct {
		Password string `yaml:"password"`
	} `yaml:"database"`
	DataVolume string `yaml:"data_volume"`
	Log        struct {
		Local struct {
			Location string `yaml:"location"`
		} `yaml:"local"`
	} `yaml:"log"`
	Version string `yaml:"_version"`
}

// prepareCommand is `prepare [--with-trivy]` and `migrate --input FILE [--output FILE] [--target X.Y.0]`.
func prepareCommand(arguments []string) error {
	command := ""
	if len(arguments) > 0 {
		command = arguments[0]
	}
	switch command {
	case "prepare":
		if err := meetFaults(faults(), command); err != nil {
			return err
		}
		return prepare("/input/harbor.yml")
	case "migrate":
		return migrate(arguments[1:])
	}
	return fmt.Errorf("usage: prepare | migrate, not %q", command)
}

func meetFaults(switched Faults, command string) error {
	time.Sleep(time.Duration(switched.Seconds[command] * float64(time.Second)))
	if is(switched.Fails, command) {
		return fmt.Errorf("%s fails as faults.json asks", command)
	}
	return nil
}

func prepare(input string) error {
	config, err := readHarborYml(input)
	if err != nil {
		return err
	}
	if config.Hostname == "" || config.Hostname == "127.0.0.1" || config.Hostname == "reg.mydomain.com" {
		return fmt.Errorf("please specify hostname")
	}
	// Harbor's own fails over the first key that only its format has.
	if config.Version != formatVersion() {
		return fmt.Errorf("harbor.yml is of format %s and not of %s", config.Version, formatVersion())
	}
	if err := forgetConfiguration("/config"); err != nil {
		return err
	}
	if err := copyCertificate(config); err != nil {
		return err
	}
	if err := makeFolders(); err != nil {
		return err
	}
	if err := makeSecrets(); err != nil {
		return err
	}
	return render(config)
}

// migrate carries harbor.yml over to this release's format. Comments are lost, and the file is readable by all: as with the real one.
func migrate(arguments []string) error {
	options := map[string]string{"--target": formatVersion()}
	for at := 0; at+1 < len(arguments); at += 2 {
		name := arguments[at]
		if long, short := map[string]string{"-i": "--input", "-o": "--output", "-t": "--target"}[name]; short {
			name = long
		}
		options[name] = arguments[at+1]
	}
	if options["--input"] == "" {
		return fmt.Errorf("missing option --input")
	}
	input := onHost(options["--input"])
	output := input
	if options["--output"] != "" {
		output = onHost(options["--output"])
	}
	config, err := readHarborYml(input)
	if err != nil {
		return err
	}
	if err := meetFaults(faultsIn(onHost(config.DataVolume)), "migrate"); err != nil {
		return err
	}
	if config.Version == options["--target"] {
		fmt.Println("Version of input harbor.yml is identical to target, no need to upgrade")
		return nil
	}
	if older(options["--target"], config.Version) {
		return fmt.Errorf("no migration path found to target version")
	}
	text, err := os.ReadFile(input)
	if err != nil {
		return err
	}
	lines := []string{}
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "_version:") {
			line = "_version: " + options["--target"]
		}
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			lines = append(lines, line)
		}
	}
	return os.WriteFile(output, []byte(strings.Join(lines, "\n")), 0o644)
}

func readHarborYml(path string) (*HarborYml, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var config HarborYml
	return &config, yaml.Unmarshal(text, &config)
}

// formatVersion is the format of harbor.yml that this release reads: 2.15.0 for v2.15.2.
func formatVersion() string {
	found := numbers(version)
	return fmt.Sprintf("%d.%d.0", found[0], found[1])
}

// onHost is a path of the machine as it is seen in the container.
func onHost(path string) string {
	return filepath.Join("/hostfs", path)
}
