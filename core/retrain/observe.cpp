// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/observe.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/data/csv.h"
#include "core/drift/drift.h"
#include "core/metrics/targets.h"
#include "core/retrain/newest_row.h"
#include "core/sources/fetch.h"
#include "core/sources/source_changed.h"
#include "core/workspace/recipe.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cmath>

namespace pilothouse::retrain {

namespace {

/// One look; each part fills what it can and notes what it cannot.
class Look {
public:
    Look(const ObserveParts &parts, const workspace::Model &model) : m_parts(parts), m_model(model) {
        m_seen.now = parts.now;
        m_seen.zone = parts.zone;
        if (auto rules = rulesOf(model))
            m_rules = *std::move(rules); // one that cannot be read is told by decide()
    }

    Observations take() {
        memory();
        versions();
        data();
        yesterday();
        if (m_champion) {
            package();
            live();
        }
        return std::move(m_seen);
    }

private:
    void note(const Error &error) { m_seen.notes << error.text(); }

    void memory() {
        const auto state = m_parts.store.state(m_model.name);
        if (!state)
            return note(state.error());
        m_seen.lastRetrain = state->lastRetrain;
        m_seen.failedStarts = state->failedStarts;
        m_seen.bestMetrics = state->best;
        const auto last = m_parts.store.decisions(m_model.name, 1);
        if (!last)
            return note(last.error());
        if (!last->empty()) {
            m_seen.lastLook = last->front().time;
            m_seen.lastRules = last->front().rules;
        }
    }

    bool asks(const std::function<bool(const Rule &)> &about) const { return std::any_of(m_rules.begin(), m_rules.end(), about); }

    void yesterday() {
        if (!m_parts.yesterday || !asks([](const Rule &rule) { return rule.yesterday || rule.kind == Rule::Kind::RowsYesterday; }))
            return;
        auto read = m_parts.yesterday(m_model, m_parts.now, m_parts.zone);
        if (!read)
            return note(read.error());
        if (*read)
            m_seen.yesterday = **std::move(read);
        else
            m_seen.notes << QStringLiteral("What was answered yesterday is not known: the endpoint has no log here.");
    }

    /// How old the data is, for the rules that ask.
    void dates(const workspace::Recipe &recipe) {
        const bool file = sources::sourceKind(recipe.data.source) == sources::SourceKind::File;
        if (asks([](const Rule &rule) { return rule.kind == Rule::Kind::SourceAge; })) {
            const auto changed = file ? sources::sourceChanged({recipe.data.source, {}, {}}, {}) : m_parts.sourceChanged ? m_parts.sourceChanged(recipe.data) : Result<QDateTime>(notFound(QStringLiteral("Data that is elsewhere was not asked for its time."), redact(recipe.data.source)));
            if (changed)
                m_seen.sourceChanged = *changed;
            else
                note(changed.error());
        }
        if (!asks([](const Rule &rule) { return rule.kind == Rule::Kind::NewestRowAge; }))
            return;
        if (!file) {
            m_seen.notes << QStringLiteral("The newest row of the data at %1 is not looked at: it is not a file here.").arg(redact(recipe.data.source));
            return;
        }
        if (const auto newest = newestRow(recipe))
            m_seen.newestRow = *newest;
        else
            note(newest.error());
    }

    void versions() {
        const auto all = m_parts.registry.versions(m_model.registry.name);
        if (!all)
            return note(all.error());
        for (const auto &version : *all)
            if (!m_seen.newestModel || version.created > *m_seen.newestModel)
                m_seen.newestModel = version.created;
        auto champion = m_parts.registry.versionByAlias(m_model.registry.name, m_model.registry.champion);
        if (champion) {
            if (auto folder = m_parts.registry.packageFolder(*champion)) {
                champion->source = *std::move(folder);
                m_champion = *std::move(champion);
            } else {
                note(folder.error());
            }
        }
        else if (champion.error().kind == ErrorKind::NotFound)
            m_seen.notes << QStringLiteral("No version of %1 is %2 yet.").arg(m_model.name, m_model.registry.champion);
        else
            note(champion.error());
    }

    void data() {
        if (m_model.recipe.isEmpty())
            return;
        const auto recipe = workspace::readRecipe(m_model.recipe);
        if (!recipe)
            return note(recipe.error());
        dates(*recipe);
        if (sources::sourceKind(recipe->data.source) != sources::SourceKind::File)
            return elsewhere(recipe->data);
        QFile file(recipe->data.source);
        if (!file.open(QIODevice::ReadOnly)) {
            m_seen.notes << QStringLiteral("The data file %1 could not be read: %2.").arg(recipe->data.source, file.errorString());
            return;
        }
        Hasher hasher(Hasher::Kind::Md5);
        QByteArray block(1 << 20, Qt::Uninitialized);
        for (qint64 n = 0; (n = file.read(block.data(), block.size())) > 0;)
            hasher.add(block.constData(), std::size_t(n));
        if (file.error() == QFileDevice::NoError)
            m_seen.dataHash = hasher.hex();
        else
            m_seen.notes << QStringLiteral("The data file %1 could not be read to its end: %2.").arg(recipe->data.source, file.errorString());
    }

    /// Data that DVC tracks: its .dvc file or dvc.lock says the MD5. What lies on a server is not fetched just to look.
    void elsewhere(const workspace::DataSpec &data) {
        if (sources::sourceKind(data.source) == sources::SourceKind::Dvc) {
            const QString path = data.source.startsWith(QLatin1String("dvc:")) ? data.source.mid(4) : data.source;
            const auto repository = sources::DvcRepository::open(path, data.version);
            const auto output = repository ? repository->output(path) : Result<sources::DvcOutput>(repository.error());
            if (!output)
                return note(output.error());
            if (!output->hash.legacy && !output->hash.directory) {
                m_seen.dataHash = output->hash.md5;
                return;
            }
        }
        m_seen.notes << QStringLiteral("Whether the data at %1 changed is not looked at: it is not a file here.").arg(redact(data.source));
    }

    /// A JSON file of the champion's package. Not openPackage: a look every few seconds must not hash every weight again.
    std::optional<QJsonObject> packageFile(const QString &name) {
        const QString path = m_champion->source + QLatin1Char('/') + name;
        const auto bytes = readFile(path);
        if (!bytes) {
            note(bytes.error());
            return {};
        }
        auto object = parseJsonObject(*bytes, path);
        if (!object) {
            note(object.error());
            return {};
        }
        return *std::move(object);
    }

    void package() {
        if (const auto data = packageFile(QStringLiteral("data.json")))
            if (const QString md5 = data->value(QStringLiteral("md5")).toString(); !md5.isEmpty())
                m_seen.trainedDataHash = md5;
        const auto object = packageFile(QStringLiteral("metrics.json"));
        if (!object)
            return;
        const metrics::Values test = metrics::withTargets(object->value(QStringLiteral("test")).toObject(), object->value(QStringLiteral("targets")).toArray());
        for (auto it = test.begin(); it != test.end(); ++it) {
            const double value = it.value();
            if (std::isnan(value))
                continue;
            m_seen.metrics[it.key()] = value;
            m_seen.metricSources[it.key()] = QStringLiteral("test rows of version %1").arg(m_champion->version);
            const auto best = m_seen.bestMetrics.find(it.key());
            if (best == m_seen.bestMetrics.end() || (workspace::largerIsBetter(it.key()) ? value > best->second : value < best->second))
                m_seen.bestMetrics[it.key()] = value;
        }
    }

    void live() {
        if (!m_parts.live)
            return;
        const auto rows = m_parts.live(m_model, m_champion->version);
        if (!rows)
            return note(rows.error());
        if (!*rows) {
            m_seen.notes << QStringLiteral("No endpoint has answered with version %1 yet.").arg(m_champion->version);
            return;
        }
        m_seen.labelledRows = qint64((*rows)->scored.count);
        for (const LiveRows::Target &target : (*rows)->targets)
            m_seen.labelledTargets[target.name] = qint64(target.scored.count);
        liveMetrics(**rows);
        drift(**rows);
    }

    void liveMetrics(const LiveRows &rows) {
        for (const LiveRows::Target &target : rows.targets)
            judged(target.scored, QStringLiteral("labelled with %1").arg(target.name), rows.source, target.name);
        if (rows.targets.empty() || m_seen.labelledRows >= m_model.retrain.minimumRows) // too few of a target has been told already
            judged(rows.scored, QStringLiteral("labelled"), rows.source, {});
    }

    /// The metrics of labelled rows take the place of those of the test rows, if there are enough.
    /// @param labelled  how, for the note  @param target  one of several
    void judged(const metrics::Scored &scored, const QString &labelled, const QString &source, const QString &target) {
        if (qint64(scored.count) < m_model.retrain.minimumRows) {
            m_seen.notes << QStringLiteral("Only %1 of the last %2 rows at %3 are %4, %5 are needed to judge live metrics.")
                                .arg(QString::number(scored.count), QString::number(liveWindow), source, labelled, QString::number(m_model.retrain.minimumRows));
            return;
        }
        const auto values = metrics::allMetrics(scored);
        if (!values)
            return note(values.error());
        for (auto it = values->begin(); it != values->end(); ++it) {
            const QString name = target.isEmpty() ? it.key() : workspace::metricOfTarget(it.key(), target);
            m_seen.metricSources.erase(name);
            m_seen.metrics[name] = it.value();
        }
    }

    void drift(const LiveRows &rows) {
        const auto report = compared(rows.inputs);
        if (!report)
            return note(report.error());
        for (const auto &column : report->columns) {
            if (column.tooFewRows || !std::isfinite(column.effect)) {
                m_rowsNeeded = std::max(m_rowsNeeded, column.rowsNeeded);
                continue;
            }
            if (!m_seen.worstPsi || column.effect > *m_seen.worstPsi) {
                m_seen.worstPsi = column.effect;
                m_seen.worstColumn = column.name;
            }
        }
        if (!m_seen.worstPsi && m_rowsNeeded > 0)
            m_seen.notes << QStringLiteral("Too few rows at %1 to judge drift: %2 of %3 needed.").arg(rows.source).arg(rows.inputs.rows()).arg(m_rowsNeeded);
    }

    Result<drift::DriftReport> compared(const data::Table &current) {
        const QString reference = m_model.reference.isEmpty() ? m_champion->source + QStringLiteral("/profile.json") : m_model.reference;
        if (QFileInfo(reference).suffix() != QLatin1String("json")) {
            workspace::DataSpec spec;
            spec.source = reference;
            QMap<QString, data::ColumnType> types;
            for (const auto &column : current.columns)
                types.insert(column.name, column.type);
            PH_ASSIGN(const data::LoadedTable loaded, data::loadData(spec, types));
            return drift::compare(loaded.table, current);
        }
        PH_ASSIGN(const QByteArray bytes, readFile(reference));
        PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, reference));
        PH_ASSIGN(const drift::Profile profile, drift::Profile::fromJson(object, reference));
        return drift::compare(profile, current);
    }

    const ObserveParts &m_parts;
    const workspace::Model &m_model;
    std::vector<Rule> m_rules;
    Observations m_seen;
    std::optional<registry::Version> m_champion;
    std::size_t m_rowsNeeded = 0; ///< for an answer about drift; 0: there is one, or no rows at all
};

} // namespace

Observations observe(const ObserveParts &parts, const workspace::Model &model) { return Look(parts, model).take(); }

} // namespace pilothouse::retrain
