#include "difference/difference.hpp"

namespace pinnace::difference {

namespace {

/// What strangers wrote, as base::printable() has it: a byte may be four.
constexpr json::Limits k_text{.length = 4 * packages::k_max_text};
constexpr json::Limits k_path{.length = 65536};
constexpr json::Limits k_many{.count = 20'000};
constexpr json::Limits k_lines{.length = std::size_t{1} << 20, .lines = true};

}  // namespace

json::Table<Commit> Commit::table() {
  return {"DiffResult.Commit",
          "A commit.",
          {{"kind", &Commit::kind, "\"removed\": the second image is without it."},
           {"id", &Commit::id, "40 or 64 digits.", k_text},
           {"date", &Commit::date, "Of the author, ISO 8601.", k_text},
           {"author", &Commit::author, "Their name.", k_text},
           {"subject", &Commit::subject, "Its first line.", k_text}}};
}

json::Table<Artifact> Artifact::table() {
  return {
      "DiffResult.Artifact",
      "A Java archive or program that no package of the system brought.",
      {{"path", &Artifact::path, "Relative to the root.", k_path},
       {"fromDigest", &Artifact::from_digest, "Of the file; null: it was not there.",
        json::k_digest},
       {"toDigest", &Artifact::to_digest, "Of the file; null: it is not there.", json::k_digest},
       {"fromPurl", &Artifact::from_purl, "Package URL; null: it does not say.", k_path},
       {"toPurl", &Artifact::to_purl, "Package URL; null: it does not say.", k_path}}};
}

json::Table<Code> Code::table() {
  return {"DiffResult.Code",
          "What differs in the code that the image was made for.",
          {{"source", &Code::source, "Its repository, as the image says.", k_text},
           {"fromRevision", &Code::from_revision, "As the first image says.", k_text},
           {"toRevision", &Code::to_revision, "As the second image says.", k_text},
           {"commits", &Code::commits, "Between the two, newest first.", k_many},
           {"commitsLeftOut", &Code::commits_left_out, "There are at least so many more."},
           {"note", &Code::note, "Why there are no commits.", k_text},
           {"artifacts", &Code::artifacts, "By path.", k_many}}};
}

json::Table<Base> Base::table() {
  return {"DiffResult.Base",
          "What the images say that they were built on (org.opencontainers.image.base.*).",
          {{"fromName", &Base::from_name, "Of the first image.", k_text},
           {"fromDigest", &Base::from_digest, "Of the first image.", k_text},
           {"toName", &Base::to_name, "Of the second image.", k_text},
           {"toDigest", &Base::to_digest, "Of the second image.", k_text},
           {"sharedLayers", &Base::shared_layers, "How many both have, from the lowest on."},
           {"commits", &Base::commits, "Which changed it in the lock, newest first.", k_many}}};
}

json::Table<Notice> Notice::table() {
  return {"DiffResult.Notice",
          "What the changelog of a package says of one version.",
          {{"version", &Notice::version, "Of the source package.", k_text},
           {"date", &Notice::date, "As it is written there.", k_text},
           {"text", &Notice::text, "What changed.", k_lines}}};
}

json::Table<PackageChange> PackageChange::table() {
  return {"DiffResult.PackageChange",
          "A package that differs.",
          {{"kind", &PackageChange::kind,
            "\"up\", \"down\": as its ecosystem orders versions; \"changed\": neither is newer."},
           {"type", &PackageChange::type, "As package URLs have it."},
           {"name", &PackageChange::name, "With Maven's groupId and npm's scope.", k_text},
           {"architecture", &PackageChange::architecture, "Empty: nobody says.", k_text},
           {"from", &PackageChange::from, "Version in the first image; null: not there.", k_text},
           {"to", &PackageChange::to, "Version in the second image; null: not there.", k_text},
           {"path", &PackageChange::path, "Of the file that tells of it.", k_path},
           {"cves", &PackageChange::cves, "Which the notices name.", {.length = 64, .count = 1000}},
           {"notices", &PackageChange::notices, "Newest first.", {.count = 100}},
           {"commit", &PackageChange::commit, "Which changed it in the lock; null: not known."}}};
}

json::Table<Setting> Setting::table() {
  return {"DiffResult.Setting",
          "A member of the configuration that differs.",
          {{"field", &Setting::field, "\"Env\"; \"annotation\": of the manifest.", k_text},
           {"key", &Setting::key, "\"PATH\"; empty: the field has one value.", k_text},
           {"from", &Setting::from, "Text, or JSON; null: not said.", k_path},
           {"to", &Setting::to, "Text, or JSON; null: not said.", k_path}}};
}

json::Table<FileState> FileState::table() {
  return {"DiffResult.FileState",
          "A file as it is in one image.",
          {{"type", &FileState::type, "\"file\", \"directory\", \"symlink\".", k_text},
           {"mode", &FileState::mode, "Octal.", k_text},
           {"uid", &FileState::uid, "Number."},
           {"gid", &FileState::gid, "Number."},
           {"size", &FileState::size, "In bytes."},
           {"digest", &FileState::digest, "Of its content.", json::k_digest},
           {"target", &FileState::target, "Of a link.", k_path},
           {"device", &FileState::device, "\"c 1:3\"; empty: it is none.", k_text},
           {"attributes", &FileState::attributes,
            "Extended ones: name, \"=\", and the value in hexadecimal digits, or its digest.",
            k_many}}};
}

json::Table<FileChange> FileChange::table() {
  return {"DiffResult.FileChange",
          "A path whose change no package explains, or that should be seen whoever brought it.",
          {{"path", &FileChange::path, "Relative to the root.", k_path},
           {"from", &FileChange::from, "Null: it was not there."},
           {"to", &FileChange::to, "Null: it is not there."},
           {"diff", &FileChange::diff, "Unified, of small text files; empty: none.", k_lines},
           {"note", &FileChange::note,
            "What rights it gives, why its package does not explain it; empty: nothing.", k_text}}};
}

json::Table<Layer> Layer::table() {
  return {"DiffResult.Layer",
          "A layer of the second image.",
          {{"digest", &Layer::digest, "Of the compressed bytes.", json::k_digest},
           {"size", &Layer::size, "Of the same."},
           {"reused", &Layer::reused, "Whether the first image has it, too."}}};
}

json::Table<PlatformDifference> PlatformDifference::table() {
  using P = PlatformDifference;
  return {
      "DiffResult.Platform",
      "What differs for one platform.",
      {{"platform", &P::platform, "\"linux/amd64\".", k_text},
       {"state", &P::state, "\"added\", \"removed\": one image is not for it."},
       {"from", &P::from, "The first image's manifest.", json::k_digest},
       {"to", &P::to, "The second image's manifest.", json::k_digest},
       {"code", &P::code, "Own code."},
       {"base", &P::base, "What it stands on."},
       {"packages", &P::packages, "By type and name.", k_many},
       {"settings", &P::settings, "By field and key.", k_many},
       {"files", &P::files, "By path, of those that no package explains.", k_many},
       {"leftOut", &P::left_out, "Packages and files beyond what is listed."},
       {"records", &P::records, "Changed files that package managers keep for themselves."},
       {"unrecorded", &P::unrecorded,
        "Changed files of changed packages, which record no digests of them."},
       {"layers", &P::layers, "Of the second image, lowest first.", k_many},
       {"fromSize", &P::from_size, "Layers together, compressed, in bytes."},
       {"toSize", &P::to_size, "Layers together, compressed, in bytes."},
       {"sentSize", &P::sent_size, "Of the layers that the first image lacks."},
       {"findings", &P::findings, "What could not be read.", {.length = 65536, .count = 20'000}}}};
}

json::Table<Difference::Side> Difference::Side::table() {
  return {"DiffResult.Side",
          "One of the images.",
          {{"reference", &Side::reference, "As it was asked for.", k_text},
           {"digest", &Side::digest, "Of the index or manifest.", json::k_digest}}};
}

}  // namespace pinnace::difference
