// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/push.h"

#include "core/base/hash.h"

#include <QFileInfo>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;

bool keepsVersions(const S3Object &object) { return !object.versionId.isEmpty() && object.versionId != Q("null"); }

QJsonObject stateOf(const S3Object &object) { return {{Q("etag"), object.etag}, {Q("version"), object.versionId}, {Q("bytes"), object.bytes}}; }

/// The object as it lies there; none if it is not there.
Result<std::optional<S3Object>> seen(const S3Client &client, const S3Location &object, std::stop_token stop) {
    auto there = client.head(object, {}, stop);
    if (there)
        return std::optional<S3Object>(*std::move(there));
    if (there.error().kind == ErrorKind::NotFound)
        return std::optional<S3Object>();
    return there.error();
}

} // namespace

QString PushPlan::effect() const {
    const QString now = QStringLiteral("%1 bytes, SHA-256 %2…").arg(bytes).arg(sha256.left(12));
    return there ? QStringLiteral("%1 bytes, ETag %2 → %3").arg(there->bytes).arg(there->etag, now) : QStringLiteral("new: ") + now;
}

QString PushPlan::undo() const {
    if (!there)
        return QStringLiteral("delete the object");
    return keepsVersions(*there) ? QStringLiteral("delete the new version, so that %1 is the newest again").arg(there->versionId) : QString();
}

Result<PushPlan> planPush(const S3Client &client, const S3Location &object, const QString &file, bool createBucket, std::stop_token stop) {
    if (object.key.isEmpty() || object.key.endsWith(QLatin1Char('/')))
        return invalid(QStringLiteral("This names a folder of a bucket, not an object."), object.text(), QStringLiteral("Write s3://BUCKET/KEY."));
    PushPlan plan;
    plan.object = object;
    plan.file = file;
    if (!QFileInfo(file).isFile())
        return notFound(QStringLiteral("There is no such file."), file);
    plan.bytes = QFileInfo(file).size();
    PH_ASSIGN(plan.sha256, sha256OfFile(file));
    PH_ASSIGN(const bool bucket, client.bucketExists(object.bucket, stop));
    if (!bucket && !createBucket)
        return notFound(QStringLiteral("There is no bucket “%1”.").arg(object.bucket), object.text(), QStringLiteral("Add --create-bucket to make it."));
    plan.createsBucket = !bucket;
    if (bucket) {
        PH_ASSIGN(plan.there, seen(client, object, stop));
    }
    if (plan.there)
        plan.before = stateOf(*plan.there);
    return plan;
}

Result<void> guardPush(const S3Client &client, const PushPlan &plan) {
    PH_ASSIGN(const QString sha256, sha256OfFile(plan.file));
    if (sha256 != plan.sha256)
        return Error{ErrorKind::Conflict, QStringLiteral("The file changed since the plan was made."), plan.file, QStringLiteral("Try again."), {}};
    if (plan.createsBucket)
        return {};
    PH_ASSIGN(const std::optional<S3Object> now, seen(client, plan.object, {}));
    const QString was = plan.there ? plan.there->etag : QString(), is = now ? now->etag : QString();
    if (was != is)
        return Error{ErrorKind::Conflict, QStringLiteral("The object changed since the plan was made: ETag %1, now %2.").arg(was.isEmpty() ? QStringLiteral("none") : was, is.isEmpty() ? QStringLiteral("none") : is),
                     plan.object.text(), QStringLiteral("Look at what is there, then try again."), {}};
    return {};
}

Result<void> executePush(const S3Client &client, PushPlan &plan, const Cache &cache, std::stop_token stop, const Progress &progress) {
    const QString state = cache.partial(QStringLiteral("upload ") + client.endpoint().url + QLatin1Char(' ') + plan.object.text(), "json");
    PH_ASSIGN(plan.written, client.upload(plan.object, plan.file, state, std::move(stop), progress));
    return {};
}

Result<QJsonObject> readBackPush(const S3Client &client, const PushPlan &plan) {
    PH_ASSIGN(const S3Object now, client.head(plan.object));
    if (now.bytes != plan.bytes || (!plan.written.etag.isEmpty() && now.etag != plan.written.etag))
        return Error{ErrorKind::Conflict, QStringLiteral("The object was sent, but another one lies there now."), plan.object.text(), QStringLiteral("Look at its versions: `pilot data versions %1`.").arg(plan.object.text()), {}};
    return stateOf(now);
}

Result<void> guardUndoPush(const S3Client &client, const PushPlan &plan) {
    PH_ASSIGN(const std::optional<S3Object> now, seen(client, plan.object, {}));
    if (now && now->etag == plan.written.etag && (!keepsVersions(plan.written) || now->versionId == plan.written.versionId))
        return {};
    return Error{ErrorKind::Conflict, now ? QStringLiteral("Another object lies there now than the one that was sent.") : QStringLiteral("The object that was sent is not there any more."), plan.object.text(),
                 QStringLiteral("Nothing was changed. Look at its versions: `pilot data versions %1`.").arg(plan.object.text()), {}};
}

Result<QJsonObject> stateOfPushed(const S3Client &client, const PushPlan &plan) {
    PH_ASSIGN(const std::optional<S3Object> now, seen(client, plan.object, {}));
    return now ? stateOf(*now) : QJsonObject();
}

Result<void> undoPush(const S3Client &client, const PushPlan &plan) {
    if (keepsVersions(plan.written))
        return client.remove(plan.object, plan.written.versionId);
    if (plan.there)
        return refused(QStringLiteral("The bucket keeps no versions, so what was there cannot be put back."), plan.object.text());
    return client.remove(plan.object);
}

} // namespace pilothouse::sources
