#include "verbs/tags.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/parallel.hpp"
#include "oci/tag_order.hpp"

namespace pinnace::verbs {

json::Table<TagsRequest> TagsRequest::table() {
  return job::request_table<TagsRequest>(
      "TagsRequest", "Lists the tags of a repository, layout or archive.",
      {{"repository", &TagsRequest::repository, "An image's name without tag and digest."},
       {"digests", &TagsRequest::digests, "Whether it is asked where each tag leads."},
       {"order", &TagsRequest::order, "By the names' bytes, or older versions first."},
       {"environments", &TagsRequest::environments, "File for env: names; null: none."}});
}

json::Table<TagsResult> TagsResult::table() {
  return {"TagsResult",
          "The tags that there are.",
          {{"tags", &TagsResult::tags, "In the order asked for.", {.count = 100'000}}}};
}

json::Table<TagsResult::Tag> TagsResult::Tag::table() {
  return {"TagsResult.Tag",
          "A tag.",
          {{"name", &Tag::name, "As an image's name has it.", job::k_line},
           {"digest", &Tag::digest,
            "Of the index or manifest that it leads to; null if that was not asked, or it is gone.",
            json::k_digest}}};
}

namespace {

/// Tags are resolved so many at a time.
constexpr unsigned k_parallel = 8;

void resolve(const base::Context& context, store::BlobStore& store, TagsResult& result) {
  std::atomic<std::size_t> done = 0;
  base::for_each_parallel(context, result.tags.size(), k_parallel,
                          [&](const base::Context& inner, std::size_t i) {
                            TagsResult::Tag& tag = result.tags[i];
                            if (const auto found = store.resolve(inner, tag.name))
                              tag.digest = found->digest.str();
                            context.progress("tags", ++done, result.tags.size());
                          });
}

}  // namespace

void TagsRequest::check() const {
  const oci::ImageName name = oci::parse_image_name(repository);
  if (!has_tag(name) && !has_digest(name)) return;
  throw base::Error(base::ErrorCode::invalid_input,
                    repository + ": expected a name without a tag or digest");
}

TagsResult perform(const TagsRequest& request, const job::JobContext& job) {
  places::Access access = job.access(request.places(request.environments));
  const places::Located located =
      access.locate(oci::parse_image_name(request.repository), places::Purpose::prove);
  std::vector<std::string> names = located.store->tags(job.context);
  // A registry that has no such repository says as much as of an empty one.
  if (names.empty() && located.store->is_remote())
    throw base::Error(base::ErrorCode::not_found,
                      "no tags in " + located.store->where() + "; is that its name?");
  if (request.order == TagOrder::version) {
    std::sort(names.begin(), names.end(), oci::is_older_version);
  } else {
    std::sort(names.begin(), names.end());
  }
  TagsResult result;
  for (std::string& name : names) result.tags.push_back({std::move(name), {}});
  if (request.digests) resolve(job.context, *located.store, result);
  return result;
}

}  // namespace pinnace::verbs
