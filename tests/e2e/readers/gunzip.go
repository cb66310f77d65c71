// Prints the SHA-256 of what Go's compress/gzip reads, as one member only.
package main

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	buffered := bufio.NewReader(file)
	reader, err := gzip.NewReader(buffered)
	if err != nil {
		panic(err)
	}
	reader.Multistream(false)
	digest := sha256.New()
	if _, err := io.Copy(digest, reader); err != nil {
		panic(err)
	}
	if _, err := buffered.ReadByte(); err != io.EOF {
		panic("something follows the first member")
	}
	fmt.Printf("sha256:%x\n", digest.Sum(nil))
}
