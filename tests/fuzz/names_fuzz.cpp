// Names of objects as a listing of the store gives them: docs/format/vault.md §2.
#include <string>

#include "fuzz/target.h"
#include "vault/object_names.h"

using namespace lifeboat;

namespace {

/// Of an object that this program would read under that name.
std::string written_again(const vault::names::Parsed& parsed) {
  namespace names = vault::names;
  switch (parsed.type) {
    case vault::ObjectType::format:
      return names::format().name();
    case vault::ObjectType::trust:
      return names::trust(static_cast<std::uint32_t>(parsed.number)).name();
    case vault::ObjectType::session:
      return names::session(parsed.generation, parsed.session, parsed.number).name();
    case vault::ObjectType::data_pack:
    case vault::ObjectType::meta_pack:
      return names::pack(parsed.type, parsed.generation, parsed.hash).name();
    case vault::ObjectType::index_segment:
      return names::index_segment(parsed.generation, parsed.hash).name();
    case vault::ObjectType::snapshot:
    case vault::ObjectType::record:
      return names::link(parsed.type, parsed.author, parsed.number).name();
    case vault::ObjectType::roll:
      return names::roll(parsed.chain, parsed.author, static_cast<std::uint32_t>(parsed.number))
          .name();
    case vault::ObjectType::claim:
      return names::claim(parsed.claim_kind, parsed.claim_name, parsed.claim_due, parsed.number)
          .name();
    case vault::ObjectType::mark:
    case vault::ObjectType::run:
      break;
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string name(as_text({data, size}));
  fuzz::answers_with({}, [&] {
    const auto parsed = vault::names::parse(name);
    fuzz::require(!parsed || written_again(*parsed) == name,
                  "a name that nobody writes is taken for that of an object");
  });
  return 0;
}
