// An application that asks cloakroom whether each request may pass. Go, standard library only.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

var (
	signIn = os.Getenv("CLOAKROOM_URL") // where the gateway is, such as http://login.localhost:7464
	key    = os.Getenv("CLOAKROOM_KEY") // of `cloakroom api-key create NAME --scope verify`
	origin = os.Getenv("ORIGIN")        // of this application, as its browsers and the gateway's configuration know it
	sent   = []string{"Accept", "Access-Control-Request-Method", "Origin", "Referer", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Upgrade"}
	client = http.Client{Timeout: 5 * time.Second}
)

type verdict struct {
	Decision string `json:"decision"`
	LoginURL string `json:"login_url"`
	Visitor  *struct {
		User struct {
			Name string `json:"name"`
		} `json:"user"`
	} `json:"visitor"`
}

// verify says what is to become of a request; whatever goes wrong, it does not pass.
func verify(r *http.Request) (is verdict) {
	is.Decision = "unavailable"
	headers := map[string]string{}
	for _, name := range sent {
		if value := r.Header.Get(name); value != "" {
			headers[strings.ToLower(strings.ReplaceAll(name, "-", "_"))] = value
		}
	}
	address, _, _ := net.SplitHostPort(r.RemoteAddr)
	question, _ := json.Marshal(map[string]any{"method": r.Method, "url": origin + r.RequestURI, "address": address,
		"cookie": strings.Join(r.Header.Values("Cookie"), "; "), "headers": headers})
	asking, err := http.NewRequest("POST", signIn+"/_cloakroom/api/v1/verify", bytes.NewReader(question))
	if err != nil {
		return is
	}
	asking.Header.Set("Authorization", "Bearer "+key)
	asking.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(asking)
	if err != nil {
		return is
	}
	defer answer.Body.Close()
	var told verdict
	if answer.StatusCode != http.StatusOK || json.NewDecoder(answer.Body).Decode(&told) != nil {
		return is
	}
	return told
}

func main() {
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		is := verify(r)
		w.Header().Set("Cache-Control", "no-store")
		mode := r.Header.Get("Sec-Fetch-Mode")
		switch {
		case is.Decision == "pass" && is.Visitor != nil:
			fmt.Fprintf(w, "hello %s\n", is.Visitor.User.Name)
		case is.Decision == "pass":
			fmt.Fprintln(w, "hello stranger")
		case is.LoginURL != "" && (mode == "" || mode == "navigate"):
			http.Redirect(w, r, is.LoginURL, http.StatusSeeOther)
		case is.LoginURL != "":
			http.Error(w, "sign in", http.StatusUnauthorized)
		case is.Decision == "unavailable":
			http.Error(w, is.Decision, http.StatusServiceUnavailable)
		default:
			http.Error(w, is.Decision, http.StatusForbidden)
		}
	})))
}
