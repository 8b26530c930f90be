// A real Vault 1.14.1 (under the MPL) for tests: the server's core with its HTTP interface, storage in memory, the key/value engines and the logins
// by token, userpass, AppRole, Kubernetes and JWT. Its own command would bring the SDKs of every cloud with it, and compile for half an hour.
//
//	pilothouse-vault HOST:PORT     sealed and not initialised, as a fresh one: PUT /v1/sys/init, /v1/sys/unseal
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"time"

	hclog "github.com/hashicorp/go-hclog"
	authjwt "github.com/hashicorp/vault-plugin-auth-jwt"
	authkube "github.com/hashicorp/vault-plugin-auth-kubernetes"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/audit"
	auditfile "github.com/hashicorp/vault/builtin/audit/file"
	"github.com/hashicorp/vault/builtin/credential/approle"
	"github.com/hashicorp/vault/builtin/credential/userpass"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

var secret = map[string]logical.Factory{"kv": kv.Factory}
var login = map[string]logical.Factory{"approle": approle.Factory, "userpass": userpass.Factory, "jwt": authjwt.Factory, "kubernetes": authkube.Factory}

type builtin struct{}

func (builtin) of(t consts.PluginType) map[string]logical.Factory {
	if t == consts.PluginTypeCredential {
		return login
	}
	if t == consts.PluginTypeSecrets {
		return secret
	}
	return nil
}
func (b builtin) Contains(name string, t consts.PluginType) bool { _, ok := b.of(t)[name]; return ok }
func (b builtin) Get(name string, t consts.PluginType) (func() (interface{}, error), bool) {
	f, ok := b.of(t)[name]
	return func() (interface{}, error) { return f, nil }, ok
}
func (b builtin) Keys(t consts.PluginType) (names []string) {
	for name := range b.of(t) {
		names = append(names, name)
	}
	return
}
func (b builtin) DeprecationStatus(name string, t consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, b.Contains(name, t)
}
func (builtin) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }

func main() {
	logger := hclog.New(&hclog.LoggerOptions{Output: os.Stderr, Level: hclog.Warn})
	store, err := inmem.NewInmem(nil, logger)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical: store, LogicalBackends: secret, CredentialBackends: login, AuditBackends: map[string]audit.Factory{"file": auditfile.Factory}, BuiltinRegistry: builtin{},
		Logger: logger, DisableMlock: true, ClusterName: "pilothouse-test", RedirectAddr: "http://" + os.Args[1], DefaultLeaseTTL: time.Hour, MaxLeaseTTL: 24 * time.Hour,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer core.Shutdown()
	handler := vaulthttp.Handler.Handler(&vault.HandlerProperties{
		Core: core, ListenerConfig: &configutil.Listener{},
	})
	log.Fatal((&http.Server{Handler: handler}).Serve(listener))
}
