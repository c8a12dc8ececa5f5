// Snapshot records, and what `lifeboat vault` prints of them: docs/format/vault.md §12.
#include "base/clock.h"
#include "cli/paint.h"
#include "cli/vault_report.h"
#include "fuzz/fixed_keys.h"
#include "vault/history.h"
#include "vault/record_frame.h"
#include "vault/signing.h"
#include "vault/snapshot_record.h"

using namespace lifeboat;

namespace {

Bytes stored_form(fuzz::Input input) {
  const auto wrapping = take_wrapping(input);
  if (wrapping == fuzz::Wrapping::none) return {input.rest().begin(), input.rest().end()};
  if (wrapping == fuzz::Wrapping::signed_) {
    return vault::signed_object(fuzz::fixed_signing_key(), "lifeboat/v1/snapshot",
                                fuzz::fixed_vault(), {input.rest().begin(), input.rest().end()});
  }
  vault::Link link;
  link.generation = 1;
  link.vault = fuzz::fixed_vault();
  link.author = fuzz::fixed_author();
  const ByteView public_fields = input.piece();
  return vault::encode_record(vault::ObjectType::snapshot, link, public_fields, input.rest(),
                              fuzz::fixed_signing_key(), fuzz::fixed_key(7));
}

void print(const vault::SnapshotRecord& record) {
  vault::History history;
  history.snapshots.push_back(record);
  const Instant now = *parse_instant("2026-11-23T03:12:00Z");
  const cli::Paint plain(false);
  static_cast<void>(cli::snapshots_text(history, {}, now, plain));
  static_cast<void>(cli::snapshot_details_text(record, history, plain));
  const auto replace = cli::Json::error_handler_t::replace;
  static_cast<void>(cli::snapshots_json(history, {}).dump(-1, ' ', false, replace));
  static_cast<void>(cli::snapshot_details_json(record, history).dump(-1, ' ', false, replace));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes stored = stored_form({data, size});
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    auto record = vault::SnapshotRecord::decode(stored, fuzz::fixed_vault(),
                                                fuzz::fixed_trusted_key(vault::Role::writer),
                                                fuzz::fixed_key(7));
    print(record);
    const Bytes written = record.encode(fuzz::fixed_signing_key(), fuzz::fixed_key(7));
    const auto again = vault::SnapshotRecord::decode(written, fuzz::fixed_vault(),
                                                     fuzz::fixed_trusted_key(vault::Role::writer),
                                                     fuzz::fixed_key(7));
    fuzz::require(again.segments == record.segments && again.link.seq == record.link.seq &&
                      again.body->sources.size() == record.body->sources.size() &&
                      again.body->tags == record.body->tags,
                  "a snapshot record is not the same after it was written again");
  });
  return 0;
}
