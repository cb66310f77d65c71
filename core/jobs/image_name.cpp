#include "jobs/image_name.hpp"

#include "base/error.hpp"

namespace pinnace::jobs {

using base::Error;
using base::ErrorCode;

namespace {

/// Cuts "@digest" and ":tag" off the end of `text`.
struct Suffixes {
  std::string rest;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
};

Suffixes split(std::string_view text, std::string_view whole) {
  Suffixes parts;
  const std::size_t at = text.rfind('@');
  // Jenkins calls directories "job@2".
  if (at != std::string_view::npos && text.find('/', at) == std::string_view::npos) {
    parts.digest = hash::Digest::parse(text.substr(at + 1));
    text = text.substr(0, at);
  }
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && text.find('/', colon) == std::string_view::npos) {
    parts.tag = std::string(text.substr(colon + 1));
    if (!oci::is_tag(*parts.tag)) {
      throw Error(ErrorCode::invalid_input,
                  "invalid tag \"" + *parts.tag + "\" in \"" + std::string(whole) +
                      "\", expected letters, digits, \"_\", \".\" and \"-\", at most 128");
    }
    text = text.substr(0, colon);
  }
  parts.rest = std::string(text);
  return parts;
}

LayoutName parse_layout(std::string_view text) {
  Suffixes parts = split(text.substr(4), text);
  if (parts.rest.empty()) {
    throw Error(ErrorCode::invalid_input,
                "no directory in \"" + std::string(text) + "\", expected oci:DIR[:tag][@digest]");
  }
  return {parts.rest, std::move(parts.tag), std::move(parts.digest)};
}

ArchiveName parse_archive(std::string_view text) {
  constexpr std::string_view k_prefix = "oci-archive:";
  Suffixes parts = split(text.substr(k_prefix.size()), text);
  if (parts.rest.empty()) {
    throw Error(ErrorCode::invalid_input, "no file in \"" + std::string(text) +
                                              "\", expected oci-archive:FILE[:tag][@digest]");
  }
  return {parts.rest, std::move(parts.tag), std::move(parts.digest)};
}

EnvironmentName parse_environment(std::string_view text) {
  Suffixes parts = split(text.substr(4), text);
  const std::size_t slash = parts.rest.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == parts.rest.size()) {
    throw Error(ErrorCode::invalid_input,
                "\"" + std::string(text) + "\" names no image, expected env:NAME/image[:tag]");
  }
  return {parts.rest.substr(0, slash), parts.rest.substr(slash + 1), std::move(parts.tag),
          std::move(parts.digest)};
}

template <class Name>
std::string with_suffixes(std::string text, const Name& name) {
  if (name.tag) text += ":" + *name.tag;
  if (name.digest) text += "@" + name.digest->str();
  return text;
}

}  // namespace

ImageName parse_image_name(std::string_view text) {
  if (text.starts_with("oci:")) return parse_layout(text);
  if (text.starts_with("env:")) return parse_environment(text);
  if (text.starts_with("oci-archive:")) return parse_archive(text);
  return oci::Reference::parse(text);
}

bool has_digest(const ImageName& name) {
  if (const auto* reference = std::get_if<oci::Reference>(&name)) {
    return reference->digest().has_value();
  }
  if (const auto* layout = std::get_if<LayoutName>(&name)) return layout->digest.has_value();
  if (const auto* archive = std::get_if<ArchiveName>(&name)) return archive->digest.has_value();
  return std::get<EnvironmentName>(name).digest.has_value();
}

std::string to_string(const ImageName& name) {
  if (const auto* layout = std::get_if<LayoutName>(&name)) {
    return with_suffixes("oci:" + layout->directory.string(), *layout);
  }
  if (const auto* archive = std::get_if<ArchiveName>(&name)) {
    return with_suffixes("oci-archive:" + archive->file.string(), *archive);
  }
  if (const auto* held = std::get_if<EnvironmentName>(&name)) {
    return with_suffixes("env:" + held->environment + "/" + held->image, *held);
  }
  return std::get<oci::Reference>(name).str();
}

}  // namespace pinnace::jobs
