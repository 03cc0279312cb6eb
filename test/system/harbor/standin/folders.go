package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// Users of the containers: Harbor's own, PostgreSQL's and Redis's.
const (
	harborUser   = 10000
	databaseUser = 999
)

// forgetConfiguration deletes files and leaves folders, as delfile of the real one does.
func forgetConfiguration(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return os.Remove(path)
	})
}

// copyCertificate deletes the folder that nginx has bound and makes another one: a running nginx does not see it.
func copyCertificate(config *HarborYml) error {
	const folder = "/data/secret/cert"
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := makeFolder(folder, harborUser, 0o755); err != nil {
		return err
	}
	for name, source := range map[string]string{"server.crt": config.HTTPS.Certificate, "server.key": config.HTTPS.PrivateKey} {
		content, err := os.ReadFile(onHost(source))
		if err != nil {
			return err
		}
		if err := makeFile(filepath.Join(folder, name), content, harborUser, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func makeFolders() error {
	for path, owner := range map[string]int{
		"/config/nginx/conf.d": harborUser, "/config/portal": harborUser, "/config/jobservice": harborUser,
		"/config/core/certificates": 0, "/config/registry": 0, "/config/registryctl": 0, "/config/db": 0, "/config/log": 0,
		"/config/shared/trust-certificates": 0,
		"/data/ca_download":                 harborUser, "/data/registry": harborUser, "/data/job_logs": harborUser,
		"/data/redis": databaseUser,
	} {
		if err := makeFolder(path, owner, 0o755); err != nil {
			return err
		}
	}
	return makeFolder("/data/database", databaseUser, 0o700)
}

// makeSecrets makes what is not there yet: what was encrypted with the secret key is lost without it.
func makeSecrets() error {
	for path, make := range map[string]func() ([]byte, error){
		"/data/secret/keys/secretkey":       func() ([]byte, error) { return []byte(rand.Text()[:16]), nil },
		"/data/secret/core/private_key.pem": newPrivateKey,
		"/data/secret/registry/root.crt":    newRootCertificate,
	} {
		if _, err := os.Stat(path); err == nil {
			continue
		}
		content, err := make()
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := makeFile(path, content, harborUser, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func newPrivateKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

func newRootCertificate() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stand-in"}, NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), err
}

func makeFolder(path string, owner int, mode os.FileMode) error {
	if err := os.MkdirAll(path, mode); err != nil {
		return err
	}
	if err := os.Chmod(path, mode); err != nil {
		return err
	}
	return os.Chown(path, owner, owner)
}

func makeFile(path string, content []byte, owner int, mode os.FileMode) error {
	if err := os.WriteFile(path, content, mode); err != nil {
		return err
	}
	if err := os.Chmod(path, mode); err != nil {
		return err
	}
	return os.Chown(path, owner, owner)
}
