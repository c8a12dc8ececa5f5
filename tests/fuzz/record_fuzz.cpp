// Other records, attestations before all, and what `lifeboat vault show` prints of them:
// docs/format/vault.md §12.
#include "cli/paint.h"
#include "cli/vault_report.h"
#include "fuzz/fixed_keys.h"
#include "vault/history.h"
#include "vault/other_record.h"
#include "vault/record_frame.h"
#include "vault/signing.h"

using namespace lifeboat;

namespace {

Bytes stored_form(fuzz::Input input) {
  const auto wrapping = take_wrapping(input);
  if (wrapping == fuzz::Wrapping::none) return {input.rest().begin(), input.rest().end()};
  if (wrapping == fuzz::Wrapping::signed_) {
    return vault::signed_object(fuzz::fixed_signing_key(), "lifeboat/v1/record",
                                fuzz::fixed_vault(), {input.rest().begin(), input.rest().end()});
  }
  vault::Link link;
  link.generation = 1;
  link.vault = fuzz::fixed_vault();
  link.author = fuzz::fixed_author();
  const ByteView public_fields = input.piece();
  return vault::encode_record(vault::ObjectType::record, link, public_fields, input.rest(),
                              fuzz::fixed_signing_key(), fuzz::fixed_key(7));
}

void print(const vault::Attestation& attestation) {
  vault::SnapshotRecord snapshot;
  snapshot.link.id = attestation.snapshot;
  vault::History history;
  history.snapshots.push_back(snapshot);
  history.attestations.push_back(attestation);
  static_cast<void>(cli::snapshots_text(history, {}, Instant{}, cli::Paint(false)));
  static_cast<void>(cli::snapshot_details_text(snapshot, history, cli::Paint(false)));
  static_cast<void>(cli::snapshot_details_json(snapshot, history)
                        .dump(-1, ' ', false, cli::Json::error_handler_t::replace));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes stored = stored_form({data, size});
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    const auto record = vault::OtherRecord::decode(stored, fuzz::fixed_vault(),
                                                   fuzz::fixed_trusted_key(vault::Role::identity),
                                                   fuzz::fixed_key(7));
    if (!record.attestation) return;
    print(*record.attestation);
    vault::Attestation attestation = *record.attestation;
    const auto again = vault::OtherRecord::decode(
        attestation.encode(fuzz::fixed_signing_key(), fuzz::fixed_key(7)), fuzz::fixed_vault(),
        fuzz::fixed_trusted_key(vault::Role::identity), fuzz::fixed_key(7));
    fuzz::require(again.attestation && again.attestation->verdict == attestation.verdict &&
                      again.attestation->report == attestation.report,
                  "an attestation is not the same after it was written again");
  });
  return 0;
}
