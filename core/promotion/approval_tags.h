// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/promotion.h"
#include "core/promotion/signed_statement.h"

#include <QMap>

namespace pilothouse::promotion {

/// Promotions as they travel: tags of the candidate's version in the registry, so that another machine with its own database sees the
/// request, its evidence and the approvals. What they say is believed only as far as its signatures hold.
///   pilothouse.request             "open" while one of the version's requests waits, else "decided": what others search for
///   pilothouse.request.ID          {"ask":{SignedStatement},"approvals_needed","prevent_self_approval","parts"}
///   pilothouse.evidence.ID.N       the evidence's canonical JSON, compressed (zlib with Qt's header), in Base64, part N of 1 … parts
///   pilothouse.approval.ID.ACTOR   {SignedStatement}; ACTOR with all but A–Z a–z 0–9 and - as _XX of its UTF-8
///   pilothouse.outcome.ID          {"state","by","time","outcome","operation"}
/// A tag holds 5,000 characters at most (MLflow 2.x).
inline constexpr int tagCharacters = 5000;
inline const QString openRequestTag = QStringLiteral("pilothouse.request");
inline const QString openRequestWord = QStringLiteral("open"), decidedRequestWord = QStringLiteral("decided");

using Tags = QMap<QString, QString>;

/// Invalid if the evidence does not fit into tags.
Result<Tags> requestTags(const Request &request, const SignedStatement &ask);
/// Invalid if the comment is too long for a tag.
Result<Tags> voiceTags(const SignedStatement &voice);
Tags outcomeTags(const Request &request, const QString &by);
/// The mark that others search for, as it is after these tags: open while a request of the version has no outcome.
Tags openMark(const Tags &all);

struct SharedOutcome {
    RequestState state = RequestState::Done;
    QString by, outcome;
    QDateTime time;
};
struct SharedRequest {
    Request request;
    SignedStatement ask;
};

/// Ids of the requests that the tags hold.
QStringList sharedRequests(const Tags &tags);
/// One request with its evidence. Invalid if the tags do not hold it whole, or something else under its name. Its signature is not judged here.
Result<SharedRequest> sharedRequest(const Tags &tags, const QString &id, const QString &where);
/// The decisions about a request. `problems`: a sentence for each that cannot be read, or stands under another's name.
std::vector<SignedStatement> sharedVoices(const Tags &tags, const QString &id, QStringList &problems);
std::optional<SharedOutcome> sharedOutcome(const Tags &tags, const QString &id);
/// Is it one of these tags? They are not for people to read.
bool isApprovalTag(const QString &key);

} // namespace pilothouse::promotion
