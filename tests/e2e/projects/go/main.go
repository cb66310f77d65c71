// A service with a dependency from the module proxy.
package main

import (
	"fmt"
	"log"
	"net/http"

	"rsc.io/quote"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "go says: "+quote.Go())
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
