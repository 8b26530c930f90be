// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/approval_tags.h"

#include "core/base/json.h"

#include <QRegularExpression>
#include <QtEndian>

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;

const QString requestPrefix = QStringLiteral("pilothouse.request."), evidencePrefix = QStringLiteral("pilothouse.evidence."), approvalPrefix = QStringLiteral("pilothouse.approval."),
              outcomePrefix = QStringLiteral("pilothouse.outcome.");
constexpr int mostParts = 64;                    ///< 320,000 characters of Base64: some megabytes of evidence
constexpr quint32 mostEvidenceBytes = 64u << 20; ///< before it is unpacked

QString compact(const QJsonObject &object) { return QString::fromUtf8(canonicalJson(object)); }

/// A name as part of a tag's key; different names stay different.
QString keyPart(const QString &name) {
    QString out;
    for (const char c : name.toUtf8()) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        out += plain ? QString(QLatin1Char(c)) : QStringLiteral("_%1").arg(quint8(c), 2, 16, QLatin1Char('0'));
    }
    return out;
}

QString voiceKey(const QString &request, const QString &actor) { return approvalPrefix + request + QLatin1Char('.') + keyPart(actor); }
QString evidenceKey(const QString &request, int part) { return QStringLiteral("%1%2.%3").arg(evidencePrefix, request).arg(part); }

Result<QByteArray> unpackedEvidence(const Tags &tags, const QString &id, int parts, const QString &where) {
    QByteArray text;
    for (int part = 1; part <= parts; ++part) {
        const auto found = tags.constFind(evidenceKey(id, part));
        if (found == tags.constEnd())
            return invalid(QStringLiteral("Part %1 of %2 of the evidence of %3 is not there.").arg(part).arg(parts).arg(id), where);
        text += found->toLatin1();
    }
    const auto packed = QByteArray::fromBase64Encoding(text, QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!packed || packed.decoded.size() < 5 || qFromBigEndian<quint32>(packed.decoded.constData()) > mostEvidenceBytes)
        return invalid(QStringLiteral("The evidence of %1 cannot be unpacked.").arg(id), where);
    const QByteArray evidence = qUncompress(packed.decoded);
    if (evidence.isEmpty())
        return invalid(QStringLiteral("The evidence of %1 cannot be unpacked.").arg(id), where);
    return evidence;
}

std::optional<RequestState> decidedState(const QString &name) {
    for (const RequestState s : {RequestState::Rejected, RequestState::Done, RequestState::Failed, RequestState::Undone, RequestState::TurnedBack})
        if (requestStateName(s) == name)
            return s;
    return std::nullopt;
}

} // namespace

bool isApprovalTag(const QString &key) {
    return key == openRequestTag || key.startsWith(requestPrefix) || key.startsWith(evidencePrefix) || key.startsWith(approvalPrefix) || key.startsWith(outcomePrefix);
}

Result<Tags> requestTags(const Request &r, const SignedStatement &ask) {
    const QString packed = QString::fromLatin1(qCompress(canonicalJson(r.evidence.toJson()), 9).toBase64());
    const int parts = int((packed.size() + tagCharacters - 1) / tagCharacters);
    if (parts > mostParts)
        return invalid(QStringLiteral("The evidence of %1 v%2 is too large to travel in the registry's tags: %3 characters, %4 fit.").arg(r.model).arg(r.version).arg(packed.size()).arg(mostParts * tagCharacters), {},
                       QStringLiteral("Compare in fewer slices."));
    Tags out;
    for (int part = 1; part <= parts; ++part)
        out.insert(evidenceKey(r.id, part), packed.mid((part - 1) * tagCharacters, tagCharacters));
    out.insert(requestPrefix + r.id,
               compact({{Q("ask"), ask.toJson()}, {Q("approvals_needed"), r.approvalsNeeded}, {Q("prevent_self_approval"), r.preventSelfApproval}, {Q("parts"), parts}}));
    return out;
}

Result<Tags> voiceTags(const SignedStatement &voice) {
    const QString value = compact(voice.toJson());
    if (value.toUtf8().size() > tagCharacters)
        return invalid(QStringLiteral("The comment is too long to travel in the registry's tags: %1 characters too many.").arg(value.toUtf8().size() - tagCharacters), {}, QStringLiteral("Say it shorter."));
    return Tags{{voiceKey(voice.request, voice.actor), value}};
}

Tags outcomeTags(const Request &r, const QString &by) {
    return {{outcomePrefix + r.id, compact({{Q("state"), requestStateName(r.state)}, {Q("by"), by}, {Q("time"), isoUtc(r.decided)}, {Q("outcome"), r.outcome.left(2000)}, {Q("operation"), r.operation}})}};
}

Tags openMark(const Tags &all) {
    for (const QString &id : sharedRequests(all))
        if (!all.contains(outcomePrefix + id))
            return {{openRequestTag, openRequestWord}};
    return {{openRequestTag, decidedRequestWord}};
}

QStringList sharedRequests(const Tags &tags) {
    static const QRegularExpression form(QStringLiteral("\\Ap-[0-9a-f]{8}\\z"));
    QStringList out;
    for (auto it = tags.lowerBound(requestPrefix); it != tags.constEnd() && it.key().startsWith(requestPrefix); ++it)
        if (const QString id = it.key().mid(requestPrefix.size()); form.match(id).hasMatch())
            out += id;
    return out;
}

Result<SharedRequest> sharedRequest(const Tags &tags, const QString &id, const QString &where) {
    PH_ASSIGN(const QJsonObject object, parseJsonObject(tags.value(requestPrefix + id).toUtf8(), where));
    JsonReader reader(object, where);
    const QJsonObject said = reader.object("ask");
    const qint64 parts = reader.integer("parts"), needed = reader.integer("approvals_needed");
    SharedRequest out;
    Request &r = out.request;
    r.preventSelfApproval = reader.boolean("prevent_self_approval");
    PH_TRY(reader.check());
    PH_ASSIGN(out.ask, SignedStatement::fromJson(said, where));
    const SignedStatement &ask = out.ask;
    if (ask.request != id || ask.decision != Decision::Ask || ask.actor != ask.requester || parts < 1 || parts > mostParts || needed < 1 || needed > 20)
        return invalid(QStringLiteral("What stands as request %1 is none.").arg(id), where);
    PH_ASSIGN(const QByteArray evidence, unpackedEvidence(tags, id, int(parts), where));
    PH_ASSIGN(const QJsonObject sheet, parseJsonObject(evidence, where));
    PH_ASSIGN(r.evidence, Evidence::fromJson(sheet));
    if (r.evidence.digest() != ask.evidence)
        return invalid(QStringLiteral("The evidence of %1 is not the one that %2 asked with.").arg(id, ask.actor), where, QStringLiteral("It was edited, or made by another version of Pilothouse."));
    r.id = id;
    r.model = ask.model;
    r.alias = ask.alias;
    r.version = ask.version;
    r.from = ask.from;
    r.digest = ask.digest;
    r.evidenceDigest = ask.evidence;
    r.requester = ask.requester;
    r.created = ask.time;
    r.approvalsNeeded = int(needed);
    return out;
}

std::vector<SignedStatement> sharedVoices(const Tags &tags, const QString &id, QStringList &problems) {
    std::vector<SignedStatement> out;
    const QString prefix = approvalPrefix + id + QLatin1Char('.');
    for (auto it = tags.lowerBound(prefix); it != tags.constEnd() && it.key().startsWith(prefix); ++it) {
        const auto object = parseJsonObject(it.value().toUtf8(), it.key());
        auto voice = object ? SignedStatement::fromJson(*object, it.key()) : Result<SignedStatement>(object.error());
        if (!voice)
            problems += QStringLiteral("An approval in the registry's tags cannot be read: %1").arg(voice.error().text());
        else if (voice->decision == Decision::Ask || voiceKey(id, voice->actor) != it.key())
            problems += QStringLiteral("The tag %1 holds what %2 said: it does not count.").arg(it.key(), voice->actor);
        else
            out.push_back(*std::move(voice));
    }
    return out;
}

std::optional<SharedOutcome> sharedOutcome(const Tags &tags, const QString &id) {
    const auto object = parseJsonObject(tags.value(outcomePrefix + id).toUtf8(), id);
    if (!object)
        return std::nullopt;
    const auto state = decidedState(object->value(Q("state")).toString());
    if (!state)
        return std::nullopt;
    return SharedOutcome{*state, object->value(Q("by")).toString(), object->value(Q("outcome")).toString(), fromIsoUtc(object->value(Q("time")).toString())};
}

} // namespace pilothouse::promotion
