// SPDX-License-Identifier: GPL-3.0-or-later
// pilot registry …: the models of the workspace's registry. Writes are operations: role checked, journalled, undone by pilot undo OP.
//   list                              {"models":[{"name","description","latest","aliases":{alias:version},"tags":{…},"created","updated"}]}
//   show NAME [--all]                 {"model":{… as list},"versions":[{"version","run","digest","source","description","stage","user","aliases":[…],
//                                     "tags":{…},"created"}]}, newest first
//   register NAME PACKAGE [--run ID]  {"model","version","digest","source"}
//   register NAME --run ID [--path P] [--plan]   a model among the run's artifacts, where it lies: the same and {"run","operation"}
//   import FILE, inspect FILE         model files that were made elsewhere: registry_import.cpp
//   export MODEL[@VERSION] DIR        the files that a service expects: registry_export.cpp
//   copy NAME VERSION --to MODEL      a version becomes the next one of another model, there or in another registry: registry_copy.cpp
//   compare RUN…                      what differs between runs: registry_compare.cpp
//   alias NAME ALIAS VERSION|--delete, stage NAME VERSION STAGE [--archive], tag NAME VERSION KEY VALUE|--delete, describe NAME VERSION TEXT
//                                     {"operation","summary","done","steps":[…]}; each takes --plan
//   webhooks [--test ID]              of an MLflow server: registry_webhooks.cpp
//   runs [--filter TEXT] …            runs of all experiments: registry_runs.cpp
//   fetch NAME VERSION                {"model","version","folder"}: the package on this machine, checked
//   history NAME [--alias A] [--kind K] [--since TIME] [--until TIME]   fleet::History::toJson(): every change of the model, newest first; with --alias only
//                                     of that alias: {"model","alias",…,"changes":[{"version"|null,"since","by","operation","kind","what","why",…}],"live":[…]}
//   sync [--list]                     trainings that wait for the registry of another connection: registry_sync.cpp
//   live NAME --at TIME [--alias A]   {"model","alias","at","version"|null,"from"|null,"to"|null,"by","why","operation","promotion","outside","sentence"}
// Each takes --connection NAME, a connection of kind mlflow, azureml or git. Without it: the registry that the workspace names for the model, else the local one.
// A champion is not moved here: pilot promote does that.
#include "app/pilot/operation_answer.h"
#include "app/pilot/register_version.h"
#include "app/pilot/registry_compare.h"
#include "app/pilot/registry_copy.h"
#include "app/pilot/registry_export.h"
#include "app/pilot/registry_import.h"
#include "app/pilot/registry_runs.h"
#include "app/pilot/registry_sync.h"
#include "app/pilot/registry_webhooks.h"

#include "core/artifact/package.h"
#include "core/base/clock.h"
#include "core/data/csv.h"
#include "core/fleet/history.h"
#include "core/fleet/model_place.h"
#include "core/promotion/register_run.h"
#include "core/promotion/registry_operations.h"

#include <QFileInfo>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string connection, name, alias, stage, key, value, text, package, run, at, since, until, kind, path;
    int version = 0;
    bool remove = false, archive = false, plan = false, all = false;
};

QString text(const std::string &s) { return QString::fromStdString(s); }

QJsonObject mapJson(const QMap<QString, QString> &map) {
    QJsonObject out;
    for (auto it = map.begin(); it != map.end(); ++it)
        out.insert(it.key(), it.value());
    return out;
}

QJsonObject modelJson(const registry::RegisteredModel &m) {
    QJsonObject aliases;
    for (const registry::Alias &a : m.aliases)
        aliases.insert(a.name, a.version);
    return {{Q("name"), m.name}, {Q("description"), m.description}, {Q("latest"), m.latestVersion}, {Q("aliases"), aliases}, {Q("tags"), mapJson(m.tags)},
            {Q("created"), isoUtc(m.created)}, {Q("updated"), isoUtc(m.updated)}};
}

QJsonObject versionJson(const registry::Version &v) {
    return {{Q("version"), v.version}, {Q("run"), v.runId}, {Q("digest"), v.digest}, {Q("source"), v.source}, {Q("description"), v.description}, {Q("stage"), v.stage},
            {Q("user"), v.user}, {Q("aliases"), QJsonArray::fromStringList(v.aliases)}, {Q("tags"), mapJson(v.tags)}, {Q("created"), isoUtc(v.created)}};
}

QString localTime(const QDateTime &time) { return time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")); }

/// Services, the registry that is asked, and the model's registered name.
struct Place {
    std::shared_ptr<fleet::Services> services;
    std::shared_ptr<registry::Registry> registry;
    QString connection, name, champion; ///< connection: empty for the local one
    QString alias(const Options &options) const { return options.alias.empty() ? champion : text(options.alias); }
};
Result<Place> placeOf(Context &context, const Options &options) {
    PH_ASSIGN(auto services, context.services());
    PH_ASSIGN(fleet::ModelPlace place, fleet::placeOf(*services, text(options.name), text(options.connection)));
    return Place{std::move(services), std::move(place.registry), place.key.connection, place.key.name, place.champion};
}

Result<void> list(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    PH_ASSIGN(const auto models, place.registry->models());
    QJsonArray array;
    QStringList lines;
    for (const auto &m : models) {
        array.append(modelJson(m));
        QStringList aliases;
        for (const registry::Alias &a : m.aliases)
            aliases += QStringLiteral("%1 → v%2").arg(a.name).arg(a.version);
        lines += QStringLiteral("%1  %2 versions  %3").arg(m.name.leftJustified(24)).arg(m.latestVersion, 3).arg(aliases.join(QStringLiteral(", ")));
    }
    context.answer({{Q("models"), array}}, lines.isEmpty() ? QStringLiteral("No model is registered yet: pilot train RECIPE --register NAME.") : lines.join(QLatin1Char('\n')));
    return {};
}

/// The tags that people and their tools gave, a line each; those that this program keeps for itself (approvals, outcomes, digests, marks) under one heading.
QStringList tagLines(const QMap<QString, QString> &tags, bool all) {
    const QString own = QStringLiteral("pilothouse.");
    QStringList lines, kept;
    QMap<QString, int> kinds; // "approval" of pilothouse.approval.1
    for (auto it = tags.begin(); it != tags.end(); ++it) {
        const QString line = QStringLiteral("        %1 = %2").arg(it.key(), it.value());
        if (!it.key().startsWith(own)) {
            lines += line;
            continue;
        }
        kept += QStringLiteral("    ") + line;
        ++kinds[it.key().section(QLatin1Char('.'), 1, 1)];
    }
    QStringList words;
    for (auto kind = kinds.begin(); kind != kinds.end(); ++kind)
        words += *kind > 1 ? QStringLiteral("%1 (%2)").arg(kind.key()).arg(*kind) : kind.key();
    if (!kept.isEmpty())
        lines += all ? QStringLiteral("        Kept by Pilothouse:") : QStringLiteral("        Kept by Pilothouse: %1; --all shows them").arg(words.join(QStringLiteral(", ")));
    return all ? lines + kept : lines;
}

Result<void> show(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    PH_ASSIGN(const auto model, place.registry->model(place.name));
    if (!model)
        return notFound(QStringLiteral("The registry has no model “%1”.").arg(place.name), {}, QStringLiteral("See “pilot registry list”."));
    PH_ASSIGN(const auto versions, place.registry->versions(place.name));
    QJsonArray array;
    QStringList lines{place.name};
    for (const auto &v : versions) {
        array.append(versionJson(v));
        lines += QStringLiteral("  v%1  %2  by %3  run %4  sha256 %5…  %6  %7").arg(v.version).arg(localTime(v.created), v.user, v.runId.left(12), v.digest.left(12), v.stage == Q("None") ? QString() : v.stage,
                                                                                    v.aliases.isEmpty() ? QString() : QLatin1Char('@') + v.aliases.join(QStringLiteral(", @"))).trimmed();
        lines += tagLines(v.tags, options.all);
    }
    context.answer({{Q("model"), modelJson(*model)}, {Q("versions"), array}}, lines.join(QLatin1Char('\n')));
    return {};
}

/// What a run left, where it lies.
Result<void> registerRun(Context &context, const Options &options, const Place &place) {
    PH_ASSIGN(operations::Operation operation, promotion::registerRunOperation(place.registry, {place.connection, place.name, text(options.run), text(options.path)}, place.services->operations->actor()));
    if (options.plan)
        return runAndAnswer(context, *place.services->operations, std::move(operation), true);
    const operations::OperationOutcome outcome = place.services->operations->run(std::move(operation));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The version was not registered.")));
    PH_ASSIGN(const registry::Version v, place.registry->version(place.name, promotion::registeredVersion(outcome).value_or(0)));
    context.answer({{Q("model"), v.model}, {Q("version"), v.version}, {Q("digest"), v.digest}, {Q("source"), v.source}, {Q("run"), v.runId}, {Q("operation"), outcome.id}},
                   QStringLiteral("Registered as %1 version %2. Back: pilot undo %3").arg(v.model).arg(v.version).arg(outcome.id));
    return {};
}

Result<void> registerIt(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    if (options.package.empty() && options.run.empty())
        return invalid(QStringLiteral("Give a package folder, or --run with a run of the registry."), {}, QStringLiteral("Runs: pilot registry runs."));
    if (options.package.empty())
        return registerRun(context, options, place);
    if (options.plan || !options.path.empty())
        return invalid(QStringLiteral("--plan and --path are for --run without a package."));
    const QString folder = QFileInfo(text(options.package)).absoluteFilePath();
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
    PH_ASSIGN(const registry::Version v, registerPackage(*place.services, place.name, folder, package.digest, options.run.empty() ? package.runId : text(options.run), place.connection));
    context.answer({{Q("model"), v.model}, {Q("version"), v.version}, {Q("digest"), v.digest}, {Q("source"), v.source}},
                   QStringLiteral("Registered as %1 version %2.").arg(v.model).arg(v.version));
    return {};
}

Result<void> runPlan(Context &context, const Place &place, Result<operations::Operation> operation, bool planOnly) {
    if (!operation)
        return operation.error();
    if (!place.connection.isEmpty())
        operation->undoRecord.insert(Q("connection"), place.connection);
    operation->connection = place.connection;
    return runAndAnswer(context, *place.services->operations, *std::move(operation), planOnly);
}

Result<void> alias(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    if ((options.version > 0) == options.remove)
        return invalid(QStringLiteral("Give either a version or --delete."));
    const auto to = options.remove ? std::nullopt : std::optional(options.version);
    return runPlan(context, place, promotion::aliasOperation(place.registry, place.services->workspace, {place.connection, place.name}, text(options.alias), to, place.services->operations->actor()), options.plan);
}

Result<void> stage(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    return runPlan(context, place, promotion::stageOperation(place.registry, place.name, options.version, text(options.stage), options.archive), options.plan);
}

Result<void> tag(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    if (!options.value.empty() && options.remove)
        return invalid(QStringLiteral("Give either a value or --delete."));
    const auto value = options.remove ? std::nullopt : std::optional(text(options.value));
    return runPlan(context, place, promotion::tagOperation(place.registry, place.name, options.version, text(options.key), value), options.plan);
}

Result<void> describe(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    return runPlan(context, place, promotion::descriptionOperation(place.registry, place.name, options.version, text(options.text)), options.plan);
}

Result<void> fetch(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    PH_ASSIGN(const registry::Version version, place.registry->version(place.name, options.version));
    PH_ASSIGN(const QString folder, place.registry->fetchPackage(version, context.stop(), [&](qint64 done, qint64 total) {
        context.events().progress(done, total, QStringLiteral("bytes"), -1, QStringLiteral("fetch"));
    }));
    context.answer({{Q("model"), version.model}, {Q("version"), version.version}, {Q("folder"), folder}}, folder);
    return {};
}

/// UTC where no offset is written; invalid for an empty text.
Result<QDateTime> timeOf(const std::string &given, const char *option) {
    if (given.empty())
        return QDateTime();
    const std::int64_t ms = data::parseIsoTime(given);
    if (ms == data::Column::missingTime)
        return invalid(QStringLiteral("“%1” is no time.").arg(text(given)), Q(option), QStringLiteral("Write it as 2024-05-01 or 2024-05-01T14:30:00Z (UTC without an offset)."));
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

Result<void> history(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    PH_ASSIGN(const QDateTime since, timeOf(options.since, "--since"));
    PH_ASSIGN(const QDateTime until, timeOf(options.until, "--until"));
    PH_ASSIGN(const fleet::History all, fleet::readHistory(*place.services, place.name, text(options.alias), place.connection));
    fleet::History shown = fleet::within(all, since, until);
    if (!options.alias.empty())
        std::erase_if(shown.changes, [&](const fleet::Change &c) { return c.alias != text(options.alias); });
    if (!options.kind.empty())
        std::erase_if(shown.changes, [&](const fleet::Change &c) { return fleet::changeKindName(c.kind) != text(options.kind); });
    QStringList lines;
    for (const fleet::Change &c : shown.changes) {
        lines += QStringLiteral("%1  %2  %3%4%5").arg(localTime(c.time), fleet::changeKindName(c.kind).leftJustified(11), c.what, c.by.isEmpty() ? QString() : QStringLiteral(", by ") + c.by,
                                                     c.operation.isEmpty() ? QString() : QStringLiteral("  ") + c.operation);
        if (!c.why.isEmpty())
            lines += QString(34, QLatin1Char(' ')) + c.why;
    }
    context.answer(shown.toJson(), !lines.isEmpty()          ? lines.join(QLatin1Char('\n'))
                                   : !options.alias.empty() ? QStringLiteral("The alias %1 of %2 was never set.").arg(text(options.alias), place.name)
                                                            : QStringLiteral("Nothing of %1 was changed in this time.").arg(place.name));
    return {};
}

Result<void> live(Context &context, const Options &options) {
    PH_ASSIGN(const Place place, placeOf(context, options));
    PH_ASSIGN(const QDateTime at, timeOf(options.at, "--at"));
    PH_ASSIGN(const fleet::History history, fleet::readHistory(*place.services, place.name, place.alias(options), place.connection));
    const fleet::LiveSpan *span = fleet::spanAt(history, at);
    const auto time = [](const QDateTime &t) { return t.isValid() ? QJsonValue(isoUtc(t)) : QJsonValue(); };
    const fleet::LiveSpan none, &s = span ? *span : none;
    const QString sentence = fleet::spanSentence(history, span, at);
    context.answer({{Q("model"), place.name}, {Q("alias"), history.alias}, {Q("at"), isoUtc(at)}, {Q("version"), s.version ? QJsonValue(*s.version) : QJsonValue()}, {Q("from"), time(s.from)}, {Q("to"), time(s.to)},
                    {Q("by"), s.by}, {Q("why"), s.why}, {Q("operation"), s.operation}, {Q("promotion"), s.promotion}, {Q("outside"), s.outside}, {Q("sentence"), sentence}},
                   sentence);
    return {};
}

const Verb verb("registry", "Registered models: versions, aliases, stages, tags, what was live when", [](CLI::App &app, VerbBody &body) {
    static Options o;
    app.require_subcommand(1);
    const auto add = [&](const char *name, const char *help, Result<void> (*function)(Context &, const Options &), bool named = true) {
        auto *sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->add_option("--connection", o.connection, "Registry of this connection (kind mlflow, azureml or git); default: the one that the workspace names for the model, else the local one");
        sub->callback([&body, function] { body = [function](Context &context) { return function(context, o); }; });
        if (named)
            sub->add_option("NAME", o.name, "Registered model, or the workspace's name for it")->required();
        return sub;
    };
    const auto version = [&](CLI::App *sub) { return sub->add_option("VERSION", o.version, "Version number")->check(CLI::Range(1, 1'000'000'000)); };
    const auto plan = [&](CLI::App *sub) { sub->add_flag("--plan", o.plan, "Show the call, change nothing"); };
    add("list", "All models", list, false);
    add("show", "One model with its versions", show)->add_flag("--all", o.all, "Show the tags that this program keeps for itself, too");
    auto *reg = add("register", "Make a package, or what a run left in the registry, the next version", registerIt);
    reg->add_option("PACKAGE", o.package, "Package folder; without one, what the run of --run left in the registry becomes the version");
    reg->add_option("--run", o.run, "The run it comes from (default: the package's)");
    reg->add_option("--path", o.path, "With --run alone: which of the models among its artifacts");
    plan(reg);
    addRegistryImport(app, body);
    addRegistryExport(app, body);
    addRegistrySync(app, body);
    addRegistryCopy(app, body);
    addRegistryWebhooks(app, body);
    addRegistryRuns(app, body);
    addRegistryCompare(app, body);
    auto *al = add("alias", "Move or delete an alias that is no champion", alias);
    al->add_option("ALIAS", o.alias, "e.g. challenger")->required();
    version(al);
    al->add_flag("--delete", o.remove, "Delete the alias");
    plan(al);
    auto *st = add("stage", "Set a version's stage (legacy MLflow)", stage);
    version(st)->required();
    st->add_option("STAGE", o.stage, "None, Staging, Production or Archived")->required();
    st->add_flag("--archive", o.archive, "Archive the versions that are in that stage");
    plan(st);
    auto *tg = add("tag", "Set or delete a version's tag", tag);
    version(tg)->required();
    tg->add_option("KEY", o.key)->required();
    tg->add_option("VALUE", o.value);
    tg->add_flag("--delete", o.remove, "Delete the tag");
    plan(tg);
    auto *ds = add("describe", "Set a version's description", describe);
    version(ds)->required();
    ds->add_option("TEXT", o.text)->required();
    plan(ds);
    version(add("fetch", "The package of a version on this machine: its folder", fetch))->required();
    auto *hs = add("history", "Every change of a model: who, why, known from where", history);
    hs->add_option("--alias", o.alias, "Only this alias");
    hs->add_option("--kind", o.kind, "Only this kind, e.g. promoted, outside, refused, tag");
    hs->add_option("--since", o.since, "From this time on, ISO 8601");
    hs->add_option("--until", o.until, "Before this time");
    auto *lv = add("live", "Which version an alias pointed to at a time", live);
    lv->add_option("--at", o.at, "ISO 8601, e.g. 2024-05-01T14:30:00Z")->required();
    lv->add_option("--alias", o.alias, "Default: the champion");
});

} // namespace
} // namespace pilothouse
