// SPDX-License-Identifier: GPL-3.0-or-later
// pilot images …: image registries (OCI registry v2). Reads only.
//   list                     repositories of the connections of kind images: {"registries":[{"connection","host","repositories":[…],"problem"}]}
//   list REPO [--limit N]    its tags: {"image","tags":[{"tag","digest","bytes","pushed"|null,"scan"|null}],"rateLimit"|null}; newest first where the registry
//                            tells when they were pushed
//   show REPO[:TAG|@DIGEST]  everything of one image: cluster::ImageInfo::toJson()
//   trace IMAGE [--running ID] [--model NAME]   what a pod runs ↔ registry ↔ commit ↔ model version: fleet::ImageLineage::toJson(); ID is the pod's imageID
//   exists IMAGE             {"image","digest"}; exit code 2 where it is not there
// REPO is written as in a manifest (nginx, ghcr.io/org/app, 127.0.0.1:5000/app). The login is that of the connection of kind images for its host, else none.
#include "app/pilot/sub_verbs.h"

#include "core/fleet/image_lineage.h"
#include "core/fleet/image_registries.h"
#include "core/fleet/model_place.h"
#include "core/fleet/services.h"

#include <QJsonArray>
#include <QLocale>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string image, running, model, platform = "linux/amd64";
    int limit = 50;
};

QString timeText(const QDateTime &time) { return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm")) : QStringLiteral("-"); }
QString sizeText(qint64 bytes) { return bytes > 0 ? QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat) : QStringLiteral("-"); }
QString shortDigest(const QString &digest) { return digest.isEmpty() ? QStringLiteral("-") : digest.left(digest.indexOf(QLatin1Char(':')) + 13); }

QJsonValue rateJson(const std::optional<cluster::RateLimit> &rate) {
    return rate ? QJsonValue(QJsonObject{{Q("limit"), rate->limit}, {Q("remaining"), rate->remaining}, {Q("seconds"), rate->seconds}}) : QJsonValue();
}

Result<void> listAll(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    QJsonArray array;
    QStringList lines;
    const auto hosts = services->images->hosts();
    for (auto it = hosts.begin(); it != hosts.end(); ++it) {
        const auto registry = services->images->named(it.key());
        const auto names = registry ? (*registry)->repositories(context.stop()) : Result<QStringList>(registry.error());
        if (!names && names.error().kind == ErrorKind::Cancelled)
            return names.error();
        array.append(QJsonObject{{Q("connection"), it.key()}, {Q("host"), it.value()}, {Q("repositories"), QJsonArray::fromStringList(names.value_or({}))}, {Q("problem"), names ? QString() : names.error().text()}});
        lines << QStringLiteral("%1  %2").arg(it.key(), it.value());
        for (const QString &name : names.value_or({}))
            lines << QStringLiteral("  %1/%2").arg(it.value(), name);
        if (!names)
            lines << QStringLiteral("  ") + names.error().what + QStringLiteral(" Name a repository: pilot images list %1/REPOSITORY").arg(it.value());
    }
    context.answer({{Q("registries"), array}}, lines.isEmpty() ? QStringLiteral("No connection of kind images. Add one: pilot connect add NAME --kind images --url https://registry.example --user U --secret S") : lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> list(Context &context, const Options &options) {
    if (options.image.empty())
        return listAll(context);
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const cluster::ImageReference image, cluster::parseImage(QString::fromStdString(options.image)));
    PH_ASSIGN(const auto registry, services->images->of(image.host));
    PH_ASSIGN(auto tags, registry->tags(image.repository, context.stop()));
    const std::size_t all = tags.size();
    if (options.limit > 0 && tags.size() > std::size_t(options.limit))
        tags.resize(std::size_t(options.limit));
    QJsonArray array;
    QStringList lines;
    for (const cluster::ImageTag &tag : tags) {
        array.append(tag.toJson());
        const bool more = !tag.digest.isEmpty() || tag.pushed.isValid();
        lines << (more ? QStringLiteral("%1  %2  %3  %4  %5").arg(tag.name.leftJustified(32), timeText(tag.pushed), shortDigest(tag.digest), sizeText(tag.bytes), tag.scan ? tag.scan->text() : QString()).trimmed() : tag.name);
    }
    if (all > tags.size())
        lines << QStringLiteral("… and %1 more; --limit 0 shows all.").arg(all - tags.size());
    context.answer({{Q("image"), image.name()}, {Q("tags"), array}, {Q("all"), qint64(all)}, {Q("rateLimit"), rateJson(registry->session().rateLimit())}},
                   lines.isEmpty() ? QStringLiteral("No tags.") : lines.join(QLatin1Char('\n')));
    return {};
}

QString infoText(const cluster::ImageInfo &info) {
    QStringList lines{info.reference.text()};
    const auto line = [&](const char *label, const QString &value) {
        if (!value.isEmpty())
            lines << QStringLiteral("  %1  %2").arg(QString::fromLatin1(label).leftJustified(9), value);
    };
    line("digest", info.digest);
    for (const cluster::ImagePlatform &p : info.platforms)
        line(p.text() == info.platform ? "platform*" : "platform", p.text() + QStringLiteral("  ") + p.digest);
    if (info.platforms.empty())
        line("platform", info.platform);
    line("config", info.configDigest);
    line("size", info.bytes > 0 ? sizeText(info.bytes) : QString());
    line("created", info.created.isValid() ? timeText(info.created) : QString());
    line("pushed", info.pushed.isValid() ? timeText(info.pushed) : QString());
    line("tags", info.tags.join(QStringLiteral(", ")));
    line("scan", info.scan ? info.scan->text() : QString());
    line("commit", info.revision);
    line("version", info.version);
    line("source", info.source);
    for (auto it = info.labels.begin(); it != info.labels.end(); ++it)
        if (!it.key().startsWith(Q("org.opencontainers.image.")))
            lines << QStringLiteral("  label      %1=%2").arg(it.key(), it.value());
    return lines.join(QLatin1Char('\n'));
}

Result<void> show(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const cluster::ImageReference image, cluster::parseImage(QString::fromStdString(options.image)));
    PH_ASSIGN(const auto registry, services->images->of(image.host));
    PH_ASSIGN(const cluster::ImageInfo info, registry->image(image, context.stop(), QString::fromStdString(options.platform)));
    context.answer(info.toJson(), infoText(info));
    return {};
}

Result<void> exists(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString image = QString::fromStdString(options.image);
    PH_ASSIGN(const QString digest, services->images->digest(image, context.stop()));
    context.answer({{Q("image"), image}, {Q("digest"), digest}}, QStringLiteral("%1 is there: %2").arg(image, digest));
    return {};
}

Result<void> trace(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    std::vector<registry::Version> versions;
    if (!options.model.empty()) {
        PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, QString::fromStdString(options.model), {}));
        PH_ASSIGN(versions, place.registry->versions(place.key.name));
    }
    const fleet::ImageLineage found = fleet::imageLineage(*services->images, QString::fromStdString(options.image), QString::fromStdString(options.running), versions, context.stop());
    QStringList lines{found.image, QStringLiteral("  ") + found.sentence()};
    if (found.info)
        lines << infoText(*found.info);
    context.answer(found.toJson(), lines.join(QLatin1Char('\n')));
    return {};
}

const Verb verb("images", "Image registries: tags, digests, labels, push times, scan findings", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    const auto add = [&](const char *name, const char *help, Result<void> (*run)(Context &, const Options &)) { return addSubVerb(app, body, options, name, help, run); };
    auto *lister = add("list", "The tags of a repository; without one, the repositories of the connections", list);
    lister->add_option("REPO", options->image, "As in a manifest: nginx, ghcr.io/org/app");
    lister->add_option("--limit", options->limit, "How many tags at most; 0: all")->capture_default_str();
    auto *shower = add("show", "One image: digests, platforms, labels, size, push time, findings", show);
    shower->add_option("IMAGE", options->image, "REPO[:TAG] or REPO@DIGEST")->required();
    shower->add_option("--platform", options->platform, "Whose configuration is read")->capture_default_str();
    auto *tracer = add("trace", "What a pod runs, its registry's image, its commit and its model version", trace);
    tracer->add_option("IMAGE", options->image, "As the pod's specification has it")->required();
    tracer->add_option("--running", options->running, "imageID of the pod's status");
    tracer->add_option("--model", options->model, "Model whose versions are looked through");
    auto *asker = add("exists", "Whether an image can still be pulled", exists);
    asker->add_option("IMAGE", options->image, "REPO[:TAG] or REPO@DIGEST")->required();
});

} // namespace
} // namespace pilothouse
