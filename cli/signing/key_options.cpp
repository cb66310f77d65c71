#include "cli/signing/key_options.hpp"

#include "cli/options/requests.hpp"

namespace pinnace::cli {

void KeyOptions::add_to(CLI::App& verb) {
  verb.add_option("REF", image, "An image")->required();
  verb.add_option("--key", key,
                  "Private key (PEM, ECDSA P-256 or Ed25519); with --key-command the public one")
      ->required();
  verb.add_option("--key-password", password, "Of an encrypted key: file:PATH or env:NAME");
  verb.add_option("--key-command", command,
                  "Command of /bin/sh that signs, for keys in tokens or services: SHA-256 (for "
                  "Ed25519 the message) on its standard input, the signature on its output");
  verb.add_option("--format", format,
                  "\"bundle\": a Sigstore bundle that refers to the image; \"tag\": as cosign 2 "
                  "had it, under a tag")
      ->check(CLI::IsMember({"bundle", "tag"}))
      ->capture_default_str();
  environments = add_environments(verb, "Where env: names are defined");
}

void KeyOptions::fill(attesting::KeyRequest& request, const GlobalOptions& global) const {
  add_common(request, global);
  request.image = image;
  request.key = key;
  request.key_password = if_given(password);
  if (!command.empty()) request.key_command = {"/bin/sh", "-c", command};
  request.format = format == "tag" ? attesting::Format::tag : attesting::Format::bundle;
  request.environments = if_given(*environments);
}

}  // namespace pinnace::cli
