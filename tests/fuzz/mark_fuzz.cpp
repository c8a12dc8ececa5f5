// Marks, which every writer reads, and the public fields of sweep records: docs/format/vault.md
// §12, §14.
#include "fuzz/fixed_keys.h"
#include "vault/mark.h"
#include "vault/other_record.h"
#include "vault/signing.h"

using namespace lifeboat;

namespace {

Bytes stored_form(vault::ObjectType type, fuzz::Wrapping wrapping, fuzz::Input& input) {
  if (wrapping == fuzz::Wrapping::none) return {input.rest().begin(), input.rest().end()};
  if (wrapping == fuzz::Wrapping::signed_) {
    const char* label = type == vault::ObjectType::mark ? "lifeboat/v1/mark" : "lifeboat/v1/record";
    return vault::signed_object(fuzz::fixed_signing_key(), label, fuzz::fixed_vault(),
                                {input.rest().begin(), input.rest().end()});
  }
  vault::Link link;
  link.generation = 1;
  link.vault = fuzz::fixed_vault();
  link.author = fuzz::fixed_author();
  const Bytes sealed = type == vault::ObjectType::mark
                           ? Bytes{}
                           : vault::json_record_fields(vault::RecordKind::sweep, "{}");
  return vault::encode_record(type, link, input.rest(), sealed, fuzz::fixed_signing_key(),
                              fuzz::fixed_key(7));
}

void read_mark(const Bytes& stored, const vault::Trust& trust) {
  // Its place is in its name: here it is where most inputs say.
  vault::Mark mark = vault::Mark::decode(stored, fuzz::fixed_vault(), trust, 1, 7);
  const Bytes again = mark.encode(fuzz::fixed_signing_key(), fuzz::fixed_key(7));
  const vault::Mark same = vault::Mark::decode(again, fuzz::fixed_vault(), trust, 1, 7);
  fuzz::require(same.condemned.objects == mark.condemned.objects &&
                    same.condemned.sessions == mark.condemned.sessions &&
                    same.forgotten == mark.forgotten,
                "a mark is not the same after it was written again");
}

void read_sweep(const Bytes& stored) {
  const auto record =
      vault::OtherRecord::decode(stored, fuzz::fixed_vault(),
                                 fuzz::fixed_trusted_key(vault::Role::pruner), fuzz::fixed_key(7));
  if (!record.sweep) return;
  const vault::Swept swept({*record.sweep});
  for (const vault::Tombstone& stone : record.sweep->tombstones) {
    fuzz::require(swept.tombstone(stone.author, stone.seq) != nullptr, "a tombstone was lost");
    static_cast<void>(swept.missed_a_mark(stone.author, stone.seq, {}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  vault::Trust trust;
  trust.keys = {fuzz::fixed_trusted_key(vault::Role::pruner)};
  const auto wrapping = fuzz::take_wrapping(input);
  const bool sweep = input.byte() % 2 == 1;
  const auto type = sweep ? vault::ObjectType::record : vault::ObjectType::mark;
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    const Bytes stored = stored_form(type, wrapping, input);
    if (sweep) {
      read_sweep(stored);
    } else {
      read_mark(stored, trust);
    }
  });
  return 0;
}
