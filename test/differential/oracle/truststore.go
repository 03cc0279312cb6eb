package main

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/notaryproject/notation-go/dir"
	"github.com/notaryproject/notation-go/verifier/truststore"
)

// storeFolders keeps trust stores as files, so that notation-go's own code reads and judges them: one folder for each
// content, as most cases share theirs.
type storeFolders struct {
	root string
}

func newStoreFolders() (*storeFolders, error) {
	root, err := os.MkdirTemp("", "breakwater-oracle-")
	if err != nil {
		return nil, err
	}
	return &storeFolders{root}, nil
}

func (s *storeFolders) remove() { os.RemoveAll(s.root) }

// The name of the folder of these files.
func (s *storeFolders) provide(storeType truststore.Type, files []string) (string, error) {
	text, err := json.Marshal(files)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	name := hex.EncodeToString(sum[:])
	folder := filepath.Join(s.root, dir.X509TrustStoreDir(string(storeType), name))
	if _, err := os.Stat(folder); err == nil {
		return name, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	for i, content := range files {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%03d.pem", i)), []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	return name, nil
}

// trustStore is that of one case, over notation-go's.
type trustStore struct {
	folders *storeFolders
	stores  map[string][]string
}

func (t trustStore) GetCertificates(ctx context.Context, storeType truststore.Type, named string) ([]*x509.Certificate, error) {
	reference := truststore.NewX509TrustStore(dir.NewSysFS(t.folders.root))
	files, ok := t.stores[string(storeType)+":"+named]
	if !ok {
		return reference.GetCertificates(ctx, storeType, named)
	}
	name, err := t.folders.provide(storeType, files)
	if err != nil {
		return nil, err
	}
	return reference.GetCertificates(ctx, storeType, name)
}
