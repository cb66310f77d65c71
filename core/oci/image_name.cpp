#include "oci/image_name.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::oci {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::string_view k_layout = "oci:";
constexpr std::string_view k_oci_archive = "oci-archive:";
constexpr std::string_view k_docker_archive = "docker-archive:";
constexpr std::string_view k_environment = "env:";
constexpr std::string_view k_registry = "docker://";
constexpr std::string_view k_stored = "sha256:";
constexpr std::size_t k_least_digits = 12;  // as docker shows them
constexpr std::size_t k_all_digits = 64;

[[noreturn]] void fail(const std::string& problem) {
  throw Error(ErrorCode::invalid_input, problem);
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

[[noreturn]] void fail_tag(std::string_view tag, std::string_view whole) {
  fail("invalid tag " + quoted(tag) + " in " + quoted(whole) +
       ", expected letters, digits, \"_\", \".\" and \"-\", at most 128");
}

/// A file or directory, and what stands behind its name.
struct Suffixes {
  std::string rest;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
};

/// Jenkins calls directories "job@2": what follows the last "@" is a digest only without a "/".
std::optional<hash::Digest> cut_digest(std::string_view& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || text.find('/', at) != std::string_view::npos)
    return std::nullopt;
  auto digest = hash::Digest::parse(text.substr(at + 1));
  text = text.substr(0, at);
  return digest;
}

/// A name in a layout (image-layout.md), as "1.0" or, by other tools, "localhost/app:1.0".
bool is_name_in_layout(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:+/@").find(c) != std::string_view::npos;
  };
  return is_tag(text) || (text.size() <= 512 && text.find('/') != std::string_view::npos &&
                          std::all_of(text.begin(), text.end(), is_allowed));
}

/// A file's name has no colon, as other tools have it, too: a name in a layout may have several.
Suffixes split_file(std::string_view text, std::string_view whole) {
  Suffixes parts;
  parts.digest = cut_digest(text);
  const std::size_t colon = text.find(':');
  parts.rest = std::string(text.substr(0, colon));
  if (colon == std::string_view::npos) return parts;
  parts.tag = std::string(text.substr(colon + 1));
  if (!is_name_in_layout(*parts.tag)) {
    fail_tag(*parts.tag, whole);
  }
  return parts;
}

LayoutName parse_layout(std::string_view text) {
  const std::string_view rest = text.substr(k_layout.size());
  if (rest.starts_with("//") && !rest.starts_with("///")) {
    fail(quoted(text) +
         " has a scheme: a registry's reference is written without one, and a layout is oci:DIR");
  }
  Suffixes parts = split_file(rest, text);
  if (parts.rest.empty()) {
    fail("no directory in " + quoted(text) + ", expected oci:DIR[:tag][@digest]");
  }
  return {parts.rest, std::move(parts.tag), std::move(parts.digest)};
}

ArchiveName parse_archive(std::string_view text) {
  Suffixes parts = split_file(text.substr(k_oci_archive.size()), text);
  if (parts.rest.empty()) {
    fail("no file in " + quoted(text) + ", expected oci-archive:FILE[:tag][@digest]");
  }
  return {parts.rest, std::move(parts.tag), std::move(parts.digest), ArchiveFormat::oci};
}

/// The name in such an archive is a registry's reference, and begins at the first colon.
ArchiveName parse_docker_archive(std::string_view text) {
  std::string_view rest = text.substr(k_docker_archive.size());
  ArchiveName name;
  name.format = ArchiveFormat::docker;
  name.digest = cut_digest(rest);
  const std::size_t colon = rest.find(':');
  name.file = std::string(rest.substr(0, colon));
  if (name.file.empty()) {
    fail("no file in " + quoted(text) + ", expected docker-archive:FILE[:name:tag][@digest]");
  }
  if (colon == std::string_view::npos) return name;
  name.tag = std::string(rest.substr(colon + 1));
  (void)Reference::parse(*name.tag);
  return name;
}

EnvironmentName parse_environment(std::string_view text) {
  std::string_view rest = text.substr(k_environment.size());
  EnvironmentName name;
  name.digest = cut_digest(rest);
  if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
    name.tag = std::string(rest.substr(colon + 1));
    if (!is_tag(*name.tag)) {
      fail_tag(*name.tag, text);
    }
    rest = rest.substr(0, colon);
  }
  const std::size_t slash = rest.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == rest.size()) {
    fail(quoted(text) + " names no image, expected env:NAME/image[:tag]");
  }
  name.environment = std::string(rest.substr(0, slash));
  name.image = std::string(rest.substr(slash + 1));
  return name;
}

StoredName parse_stored(std::string_view text) {
  const std::string_view digits = text.substr(k_stored.size());
  if (digits.size() < k_least_digits || digits.size() > k_all_digits ||
      digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    fail(quoted(text.substr(0, 160)) +
         " is no digest, expected \"sha256:\" and 12 to 64 of the digits 0-9 and a-f");
  }
  return {std::string(text)};
}

/// "7e436b7e0dd0", as docker shows an image.
bool is_digits_of_digest(std::string_view text) {
  return text.size() >= k_least_digits && text.size() <= k_all_digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// "127.0.0.1:5000", "localhost", "registry.test:5000": what Docker Hub would have as
/// "library/...".
bool is_place_of_registry(std::string_view text) {
  const std::string_view host = text.substr(0, text.find(':'));
  const std::string_view port = text.substr(std::min(host.size() + 1, text.size()));
  constexpr std::string_view k_digits = "0123456789";
  if (host == "localhost") return true;
  if (host.find('.') == std::string_view::npos) return false;
  return host.find_first_not_of("0123456789.") == std::string_view::npos ||
         (!port.empty() && port.find_first_not_of(k_digits) == std::string_view::npos);
}

bool is_path(std::string_view text) {
  for (const std::string_view start : {"/", "./", "../", "~/"}) {
    if (text.starts_with(start)) return true;
  }
  for (const std::string_view end : {".tar", ".tar.gz", ".tgz"}) {
    if (text.ends_with(end)) return true;
  }
  return text == "." || text == "..";
}

/// Docker Hub's images of one word are asked for only where that can be meant.
Reference parse_reference(std::string_view text, std::string_view whole) {
  if (is_path(text))
    fail(quoted(whole) +
         " is a path; an image in it is written oci:DIR, oci-archive:FILE or docker-archive:FILE");
  if (is_digits_of_digest(text))
    fail(quoted(whole) + " is no image of Docker Hub; one of the local store is called \"sha256:" +
         std::string(text) + "\"");
  if (text.find_first_of("/@") == std::string_view::npos && is_place_of_registry(text))
    fail(quoted(whole) + " names a registry and no repository, expected " + std::string(text) +
         "/repository[:tag]");
  if (text.empty() && !whole.empty())
    fail("no reference in " + quoted(whole) + ", expected docker://[registry/]repository[:tag]");
  return Reference::parse(text);
}

template <class Name>
std::string with_suffixes(std::string text, const Name& name) {
  if (name.tag) text += ":" + *name.tag;
  if (name.digest) text += "@" + name.digest->str();
  return text;
}

}  // namespace

std::string prefix_of(ArchiveFormat format) {
  return std::string(format == ArchiveFormat::docker ? k_docker_archive : k_oci_archive);
}

ImageName parse_image_name(std::string_view text) {
  if (text.starts_with(k_layout)) return parse_layout(text);
  if (text.starts_with(k_environment)) return parse_environment(text);
  if (text.starts_with(k_oci_archive)) return parse_archive(text);
  if (text.starts_with(k_docker_archive)) return parse_docker_archive(text);
  if (text.starts_with(k_stored)) return parse_stored(text);
  if (text.starts_with(k_registry)) return parse_reference(text.substr(k_registry.size()), text);
  return parse_reference(text, text);
}

ImageName parse_base_name(std::string_view text) {
  ImageName name = parse_image_name(text);
  if (std::holds_alternative<StoredName>(name)) {
    fail(quoted(text) +
         " is in the local store of one machine only, expected a registry's reference or oci:DIR");
  }
  return name;
}

ImageName in_directory(ImageName name, const std::filesystem::path& directory) {
  if (auto* layout = std::get_if<LayoutName>(&name)) {
    layout->directory = directory / layout->directory;
  } else if (auto* archive = std::get_if<ArchiveName>(&name)) {
    archive->file = directory / archive->file;
  }
  return name;
}

bool has_digest(const ImageName& name) {
  if (const auto* reference = std::get_if<Reference>(&name)) return reference->digest().has_value();
  if (const auto* layout = std::get_if<LayoutName>(&name)) return layout->digest.has_value();
  if (const auto* archive = std::get_if<ArchiveName>(&name)) return archive->digest.has_value();
  if (const auto* held = std::get_if<EnvironmentName>(&name)) return held->digest.has_value();
  return true;
}

bool has_tag(const ImageName& name) {
  if (const auto* reference = std::get_if<Reference>(&name)) return reference->tag().has_value();
  if (const auto* layout = std::get_if<LayoutName>(&name)) return layout->tag.has_value();
  if (const auto* archive = std::get_if<ArchiveName>(&name)) return archive->tag.has_value();
  if (const auto* held = std::get_if<EnvironmentName>(&name)) return held->tag.has_value();
  return false;
}

std::string to_string(const ImageName& name) {
  if (const auto* layout = std::get_if<LayoutName>(&name)) {
    return with_suffixes("oci:" + layout->directory.string(), *layout);
  }
  if (const auto* archive = std::get_if<ArchiveName>(&name)) {
    return with_suffixes(prefix_of(archive->format) + archive->file.string(), *archive);
  }
  if (const auto* held = std::get_if<EnvironmentName>(&name)) {
    return with_suffixes("env:" + held->environment + "/" + held->image, *held);
  }
  if (const auto* stored = std::get_if<StoredName>(&name)) return stored->digest;
  return std::get<Reference>(name).str();
}

}  // namespace pinnace::oci
