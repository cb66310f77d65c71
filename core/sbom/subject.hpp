#pragma once

#include <string>
#include <vector>

#include "hash/digest.hpp"
#include "oci/config.hpp"
#include "oci/descriptor.hpp"
#include "oci/platform.hpp"

/// What an image is made of, for other programs: as SPDX 2.3 and as CycloneDX 1.6. Both are made of
/// the same inventory; equal images give equal bytes (docs/formats/sbom.md).
namespace pinnace::sbom {

/// The image that a document is about.
struct Subject {
  /// "registry.test/shop/web"; empty for one that is in no registry.
  std::string name;
  oci::Descriptor manifest;
  oci::Platform platform;
  std::string created;  ///< as the image's configuration has it; empty: it does not say
  std::vector<oci::Descriptor> layers;  ///< lowest first
};

/// `name` as Subject has it.
Subject subject_of(std::string name, const oci::Descriptor& manifest, const oci::Config& config,
                   const std::vector<oci::Descriptor>& layers);

/// "pkg:oci/web@sha256%3A1f2e...?arch=amd64&repository_url=registry.test%2Fshop%2Fweb": the purl of
/// an image (package-url/purl-spec, oci).
std::string image_purl(const std::string& name, const hash::Digest& digest,
                       const std::string& architecture = {});

/// The image's time as both formats take it, "2026-11-23T10:20:30Z"; what is no time becomes 1970.
std::string created_of(const Subject& subject);

/// A UUID of a text, version 8 of RFC 9562: the first bits of its SHA-256.
std::string uuid_of(std::string_view text);

}  // namespace pinnace::sbom
