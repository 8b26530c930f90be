// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/live_rows.h"

#include "core/artifact/scorer.h"
#include "core/serving/input_reader.h"
#include "core/serving/serving_store.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <map>

namespace pilothouse::retrain {

namespace {

/// The log of one endpoint, read for the revisions that carry one version.
class Log {
public:
    Log(std::shared_ptr<serving::ServingStore> store, artifact::Signature signature, const std::vector<int> &revisions)
        : m_store(std::move(store)), m_signature(std::move(signature)) {
        QStringList numbers;
        for (const int revision : revisions)
            numbers << QString::number(revision);
        m_among = QStringLiteral("revision IN (%1)").arg(numbers.join(QLatin1Char(',')));
    }

    /// Oldest first, as they were asked.
    Result<data::Table> inputs() {
        struct Asked {
            serving::Protocol protocol;
            std::string body;
        };
        std::vector<Asked> asked;
        PH_TRY(m_store->database()->query(QStringLiteral("SELECT protocol,input FROM predictions WHERE %1 AND status < 400 ORDER BY seq DESC LIMIT %2").arg(m_among).arg(liveWindow), {},
                                          [&](const Statement &s) { asked.push_back({serving::Protocol(s.integer(0)), s.blob(1).toStdString()}); }));
        std::reverse(asked.begin(), asked.end());
        const serving::InputReader reader(m_signature);
        data::Rows all;
        all.width = m_signature.inputs.size();
        for (const Asked &one : asked) {
            data::Rows rows;
            serving::ReadInput read;
            if (reader.read(one.protocol, one.body, rows, read))
                continue; // it was answered, so it was readable; a log of an older program may differ
            all.values.insert(all.values.end(), rows.values.begin(), rows.values.end());
            all.count += rows.count;
        }
        return table(newest(std::move(all)));
    }

    /// Rows of several targets: each by itself, and those that are labelled in all.
    Result<void> labelledTargets(LiveRows &rows) {
        const QStringList names = m_signature.targets();
        std::map<std::pair<qint64, qint64>, std::vector<std::pair<double, double>>> whole; // sequence and row → of each target so far
        for (const QString &name : names) {
            metrics::Scored scored;
            PH_TRY(m_store->database()->query(QStringLiteral("SELECT seq,row,value,predicted FROM target_labels WHERE %1 AND target=?1 AND predicted IS NOT NULL ORDER BY seq DESC, row DESC LIMIT %2").arg(m_among).arg(liveWindow),
                                              [&](Statement &s) { s.bind(1, name); },
                                              [&](const Statement &s) {
                scored.truth.push_back(s.real(2));
                scored.predicted.push_back(s.real(3));
                if (auto &row = whole[{s.integer(0), s.integer(1)}]; row.size() == rows.targets.size())
                    row.emplace_back(s.real(2), s.real(3));
            }));
            scored.count = scored.truth.size();
            rows.targets.push_back({name, std::move(scored)});
        }
        rows.scored.outputs = rows.targets.size();
        rows.scored.naiveScales.assign(rows.targets.size(), std::nan(""));
        for (const auto &[place, values] : whole) {
            if (values.size() < rows.targets.size())
                continue;
            ++rows.scored.count;
            for (const auto &[truth, predicted] : values) {
                rows.scored.truth.push_back(truth);
                rows.scored.predicted.push_back(predicted);
            }
        }
        return {};
    }
    bool severalTargets() const { return m_signature.targets().size() > 1; }

    Result<metrics::Scored> labelled() {
        metrics::Scored scored;
        scored.classes = m_signature.classes.size();
        PH_TRY(m_store->database()->query(QStringLiteral("SELECT value,class,predicted,predicted_class FROM labels WHERE %1 ORDER BY seq DESC, row DESC LIMIT %2").arg(m_among).arg(liveWindow), {},
                                          [&](const Statement &s) {
            const double truth = scored.classes ? classOf(s.text(1)) : s.real(0);
            const double predicted = scored.classes ? classOf(s.text(3)) : s.isNull(2) ? std::nan("") : s.real(2);
            if (!std::isfinite(truth) || !std::isfinite(predicted))
                return;
            scored.truth.push_back(truth);
            scored.predicted.push_back(predicted);
        }));
        scored.count = scored.truth.size();
        return scored;
    }

private:
    double classOf(const QString &label) const {
        const auto at = std::find(m_signature.classes.begin(), m_signature.classes.end(), label.toStdString());
        return at == m_signature.classes.end() ? std::nan("") : double(at - m_signature.classes.begin());
    }

    /// A request may hold many rows: the newest liveWindow of all.
    static data::Rows newest(data::Rows rows) {
        if (rows.count > std::size_t(liveWindow)) {
            rows.values.erase(rows.values.begin(), rows.values.begin() + std::ptrdiff_t((rows.count - std::size_t(liveWindow)) * rows.width));
            rows.count = std::size_t(liveWindow);
        }
        return rows;
    }

    data::Table table(const data::Rows &rows) const {
        data::Table out;
        for (std::size_t k = 0; k < rows.width; ++k) {
            const data::Input &input = m_signature.inputs[k];
            data::Column column;
            column.name = input.name;
            column.type = input.type;
            const bool category = input.type == data::ColumnType::Category;
            if (category) {
                column.dictionary = input.categories;
                column.dictionary.push_back("(unknown)"); // a category that training never saw is drift, too
            }
            for (std::size_t i = 0; i < rows.count; ++i) {
                const double value = rows.row(i)[k];
                if (!category)
                    column.numbers.push_back(value);
                else
                    column.codes.push_back(std::isnan(value) ? -1 : value < 0 ? std::int32_t(input.categories.size()) : std::int32_t(value));
            }
            out.columns.push_back(std::move(column));
        }
        return out;
    }

    std::shared_ptr<serving::ServingStore> m_store;
    artifact::Signature m_signature;
    QString m_among;
};

} // namespace

LiveReader localLiveReader(const QString &root) {
    return [root](const workspace::Model &model, int version) -> Result<std::optional<LiveRows>> {
        const QString file = root + QLatin1Char('/') + model.deployment.target + QStringLiteral("/serving.db");
        if (model.deployment.target.isEmpty() || !QFileInfo::exists(file))
            return std::optional<LiveRows>();
        PH_ASSIGN(const auto store, serving::ServingStore::open(file));
        PH_ASSIGN(const auto revisions, store->revisions());
        std::vector<int> numbers;
        for (const serving::Revision &revision : revisions)
            if (revision.version == version && (revision.model == model.registry.name || revision.model == model.name))
                numbers.push_back(revision.number);
        if (numbers.empty())
            return std::optional<LiveRows>();
        PH_ASSIGN(const QJsonObject json, store->signature(numbers.front()));
        PH_ASSIGN(artifact::Signature signature, artifact::Signature::fromJson(json, file));
        Log log(store, std::move(signature), numbers);
        LiveRows rows;
        rows.source = model.deployment.target;
        PH_ASSIGN(rows.inputs, log.inputs());
        if (log.severalTargets()) {
            PH_TRY(log.labelledTargets(rows));
        } else {
            PH_ASSIGN(rows.scored, log.labelled());
        }
        const bool labelled = rows.scored.count > 0 || std::any_of(rows.targets.begin(), rows.targets.end(), [](const LiveRows::Target &target) { return target.scored.count > 0; });
        if (rows.inputs.rows() == 0 && !labelled)
            return std::optional<LiveRows>();
        return std::optional<LiveRows>(std::move(rows));
    };
}

} // namespace pilothouse::retrain
