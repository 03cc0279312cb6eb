package main

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"text/template"
)

//go:embed templates
var templates embed.FS

type rendering struct {
	*HarborYml
	Tag       string
	PublicURL string
}

// What is rendered, whom it belongs to, and what it is rendered from. Names and modes are those of the real `prepare`.
var rendered = []struct {
	path   string
	owner  int
	mode   os.FileMode
	source string
}{
	{"/config/nginx/nginx.conf", harborUser, 0o640, "nginx.conf.tmpl"},
	{"/config/registry/config.yml", harborUser, 0o640, "registry.yml.tmpl"},
	{"/config/core/env", 0, 0o640, "core.env.tmpl"},
	{"/config/db/env", 0, 0o640, "db.env.tmpl"},
	{"/config/jobservice/env", 0, 0o640, "empty.tmpl"},
	{"/config/registryctl/env", 0, 0o640, "empty.tmpl"},
	{"/config/core/app.conf", harborUser, 0o640, "empty.tmpl"},
	{"/config/jobservice/config.yml", harborUser, 0o640, "empty.tmpl"},
	{"/config/registryctl/config.yml", harborUser, 0o640, "empty.tmpl"},
	{"/config/portal/nginx.conf", harborUser, 0o640, "empty.tmpl"},
	{"/config/log/logrotate.conf", harborUser, 0o640, "empty.tmpl"},
	{"/config/log/rsyslog_docker.conf", harborUser, 0o640, "empty.tmpl"},
	{"/compose_location/docker-compose.yml", 0, 0o644, "docker-compose.yml.tmpl"},
}

func render(config *HarborYml) error {
	parsed, err := template.ParseFS(templates, "templates/*.tmpl")
	if err != nil {
		return err
	}
	values := rendering{config, version, "https://" + config.Hostname}
	if config.HTTPS.Port != 443 {
		values.PublicURL += fmt.Sprintf(":%d", config.HTTPS.Port)
	}
	for _, file := range rendered {
		var text bytes.Buffer
		if err := parsed.ExecuteTemplate(&text, file.source, values); err != nil {
			return err
		}
		if err := makeFile(file.path, text.Bytes(), file.owner, file.mode); err != nil {
			return err
		}
		fmt.Printf("Generated configuration file: %s\n", file.path)
	}
	return nil
}
