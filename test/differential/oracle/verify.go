package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/notaryproject/notation-core-go/revocation"
	"github.com/notaryproject/notation-core-go/revocation/crl"
	"github.com/notaryproject/notation-core-go/revocation/purpose"
	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/log"
	"github.com/notaryproject/notation-go/verifier"
	"github.com/notaryproject/notation-go/verifier/trustpolicy"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Case is everything a verdict depends on.
type Case struct {
	// Milliseconds since 1970; not before 2000, where a bubble's clock begins.
	Clock int64 `json:"clock"`
	// The text of trustpolicy.json.
	Policy string `json:"policy"`
	// Contents of the files of a trust store, by "<type>:<name>".
	Stores            map[string][]string `json:"stores"`
	Artifact          Artifact            `json:"artifact"`
	Scope             string              `json:"scope"`
	EnvelopeMediaType string              `json:"envelopeMediaType"`
	Envelope          []byte              `json:"envelope"`
	UserMetadata      map[string]string   `json:"userMetadata"`
	// What answers at an address.
	Network map[string]Response `json:"network"`
}

// Artifact is the descriptor of what is verified.
type Artifact struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// Answer is the reference's verdict.
type Answer struct {
	// "verified", "failed", "skipped"; "policy" for a document that is not valid; "none" without an applicable statement;
	// "panic" and "case" for what should not happen.
	Kind    string   `json:"kind"`
	Error   string   `json:"error,omitempty"`
	Results []Result `json:"results,omitempty"`
	// What it logs as errors.
	Log []string `json:"log,omitempty"`
}

// Result is a notation.ValidationResult.
type Result struct {
	Validation string `json:"validation"`
	Action     string `json:"action"`
	// The text of its error; empty when the validation passed.
	Error string `json:"error,omitempty"`
}

func verify(c Case, stores *storeFolders) Answer {
	var policy trustpolicy.Document
	// As trustpolicy.LoadDocument reads the file.
	if err := json.NewDecoder(strings.NewReader(c.Policy)).Decode(&policy); err != nil {
		return Answer{Kind: "policy", Error: err.Error()}
	}
	options, err := revocationOptions(c.Network)
	if err != nil {
		return Answer{Kind: "case", Error: err.Error()}
	}
	judge, err := verifier.NewWithOptions(&policy, trustStore{stores, c.Stores}, nil, options)
	if err != nil {
		return Answer{Kind: "policy", Error: err.Error()}
	}
	logger := &reasons{}
	ctx := log.WithLogger(context.Background(), logger)
	verifyOptions := notation.VerifierVerifyOptions{
		ArtifactReference:  c.Scope + "@" + c.Artifact.Digest,
		SignatureMediaType: c.EnvelopeMediaType,
		UserMetadata:       c.UserMetadata,
	}
	if skipper, ok := judge.(interface {
		SkipVerify(context.Context, notation.VerifierVerifyOptions) (bool, *trustpolicy.VerificationLevel, error)
	}); ok {
		if skip, _, err := skipper.SkipVerify(ctx, verifyOptions); err == nil && skip {
			return Answer{Kind: "skipped"}
		}
	}
	artifact := ocispec.Descriptor{
		MediaType: c.Artifact.MediaType,
		Digest:    digest.Digest(c.Artifact.Digest),
		Size:      c.Artifact.Size,
	}
	outcome, err := judge.Verify(ctx, artifact, c.Envelope, verifyOptions)
	answer := answerOf(outcome, err)
	answer.Log = logger.lines
	return answer
}

func answerOf(outcome *notation.VerificationOutcome, err error) Answer {
	answer := Answer{Kind: "verified"}
	if err != nil {
		answer = Answer{Kind: "failed", Error: err.Error()}
	}
	if none := (notation.ErrorNoApplicableTrustPolicy{}); errors.As(err, &none) {
		answer.Kind = "none"
	}
	if outcome == nil {
		return answer
	}
	for _, result := range outcome.VerificationResults {
		written := Result{Validation: string(result.Type), Action: string(result.Action)}
		if result.Error != nil {
			written.Error = result.Error.Error()
			if written.Error == "" {
				written.Error = "(no text)"
			}
		}
		answer.Results = append(answer.Results, written)
	}
	return answer
}

// Clients with the time-outs of the notation CLI, over the case's own network.
func revocationOptions(network map[string]Response) (verifier.VerifierOptions, error) {
	client := func(timeout time.Duration) *http.Client {
		return &http.Client{Timeout: timeout, Transport: transport(network)}
	}
	fetcher, err := crl.NewHTTPFetcher(client(5 * time.Second))
	if err != nil {
		return verifier.VerifierOptions{}, err
	}
	options := revocation.Options{OCSPHTTPClient: client(2 * time.Second), CRLFetcher: fetcher}
	options.CertChainPurpose = purpose.CodeSigning
	codeSigning, err := revocation.NewWithOptions(options)
	if err != nil {
		return verifier.VerifierOptions{}, err
	}
	options.CertChainPurpose = purpose.Timestamping
	timestamping, err := revocation.NewWithOptions(options)
	if err != nil {
		return verifier.VerifierOptions{}, err
	}
	return verifier.VerifierOptions{
		RevocationCodeSigningValidator:  codeSigning,
		RevocationTimestampingValidator: timestamping,
	}, nil
}
