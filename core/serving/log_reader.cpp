// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/log_reader.h"

#include "core/artifact/scorer.h"
#include "core/base/json.h"
#include "core/serving/input_reader.h"
#include "core/serving/json_text.h"
#include "core/serving/labels.h"
#include "core/serving/serving_store.h"

#include <QFileInfo>

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_map>

namespace pilothouse::serving {

namespace {

QDateTime fromMs(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC); }

} // namespace

Result<std::shared_ptr<Database>> openServingDatabase(const QString &servingFolder) {
    const QString file = servingFolder + QStringLiteral("/serving.db");
    if (!QFileInfo::exists(file))
        return notFound(QStringLiteral("Nothing was served here yet."), file, QStringLiteral("Roll out a version first."));
    return Database::open(file, servingMigrations());
}

Result<void> appendNewestRequests(Database &database, int limit, std::string &out) {
    out += '[';
    bool first = true;
    PH_TRY(database.query(QStringLiteral("SELECT p.seq,p.instance,p.time,p.input,p.output,p.latency_us,p.status,p.error,p.rows,r.model,r.version,r.digest "
                                         "FROM predictions p LEFT JOIN revisions r ON r.number=p.revision ORDER BY p.seq DESC LIMIT ?1"),
                          [&](Statement &s) { s.bind(1, limit); },
                          [&](const Statement &s) {
                              out += first ? "{\"prediction_id\":\"" : ",{\"prediction_id\":\"";
                              first = false;
                              char id[40];
                              std::snprintf(id, sizeof id, "%08llx-%llx", static_cast<unsigned long long>(s.integer(1)), static_cast<unsigned long long>(s.integer(0)));
                              out += id;
                              out += "\",\"timestamp\":\"";
                              appendTime(out, s.integer(2));
                              const bool good = s.integer(6) < 400;
                              const std::string input = s.blob(3).toStdString(), output = s.blob(4).toStdString();
                              out += "\",\"input\":";
                              good ? void(out += input) : appendText(out, utf8(QString::fromUtf8(s.blob(3)))); // a bad body need not be UTF-8
                              out += ",\"prediction\":" + (output.empty() ? std::string("null") : output) + ",\"model\":";
                              appendText(out, utf8(s.text(9)));
                              out += ",\"model_version\":";
                              appendText(out, utf8(s.integer(10) > 0 ? QString::number(s.integer(10)) : s.text(11).left(12)));
                              out += ",\"rows\":";
                              appendInteger(out, s.integer(8));
                              out += ",\"response_time_ms\":";
                              appendFixed(out, double(s.integer(5)) / 1000.0, 3);
                              out += ",\"status\":";
                              appendInteger(out, s.integer(6));
                              out += ",\"error\":";
                              s.text(7).isEmpty() ? void(out += "null") : appendText(out, utf8(s.text(7)));
                              out += '}';
                          }));
    out += ']';
    return {};
}

namespace {

/// What is needed to read the bodies that one revision answered.
struct Schema {
    artifact::Signature signature;
    QStringList targets; ///< of the signature
    std::unique_ptr<InputReader> reader;
    bool same = false; ///< as the newest one's inputs
};

struct LabelOfRow {
    std::vector<std::pair<QString, double>> values; ///< by target
    std::string text;
    double value(const QString &target) const {
        const auto found = std::find_if(values.begin(), values.end(), [&](const auto &one) { return one.first == target; });
        return found == values.end() ? std::nan("") : found->second;
    }
};

class RowCollector {
public:
    RowCollector(Database &database, std::size_t limit) : m_database(database), m_limit(limit) {}

    Result<LoggedRows> collect(const std::optional<QDateTime> &since, const std::optional<QDateTime> &until) {
        PH_TRY(readSchemas());
        if (m_newest == 0)
            return notFound(QStringLiteral("The prediction log holds no answered request yet."), m_database.path());
        PH_TRY(m_database.query(QStringLiteral("SELECT p.seq,p.time,p.revision,p.protocol,p.many,p.rows,p.input,p.output FROM predictions p "
                                               "WHERE p.status<400 AND p.time>=?2 AND p.time<?3 ORDER BY p.seq DESC LIMIT ?1"),
                                [&](Statement &s) { s.bind(1, qint64(m_limit)).bind(2, since ? since->toMSecsSinceEpoch() : qint64(0)).bind(3, until ? until->toMSecsSinceEpoch() : std::numeric_limits<qint64>::max()); },
                                [&](const Statement &s) { takeRequest(s); }));
        PH_TRY(readLabelsOf());
        return finish();
    }

private:
    struct Row {
        qint64 sequence = 0;
        int row = 0;
        qint64 time = 0;
        std::vector<double> predictions; ///< of each of m_targets
        std::string predictedClass;
        const QStringList *targets = nullptr; ///< of the version that answered
    };

    Result<void> readSchemas() {
        std::vector<std::pair<int, QByteArray>> stored;
        PH_TRY(m_database.query(QStringLiteral("SELECT number,signature FROM revisions"), {}, [&](const Statement &s) { stored.emplace_back(int(s.integer(0)), s.blob(1)); }));
        PH_TRY(m_database.query(QStringLiteral("SELECT revision FROM predictions WHERE status<400 ORDER BY seq DESC LIMIT 1"), {}, [&](const Statement &s) { m_newest = int(s.integer(0)); }));
        for (const auto &[number, json] : stored) {
            PH_ASSIGN(const QJsonObject object, parseJsonObject(json, m_database.path()));
            PH_ASSIGN(artifact::Signature signature, artifact::Signature::fromJson(object, m_database.path()));
            Schema schema;
            schema.reader = std::make_unique<InputReader>(signature);
            schema.targets = signature.targets();
            schema.signature = std::move(signature);
            m_schemas.emplace(number, std::move(schema));
        }
        const auto newest = m_schemas.find(m_newest);
        if (newest == m_schemas.end())
            return {};
        m_targets = newest->second.targets;
        const auto &inputs = newest->second.signature.inputs;
        for (auto &[number, schema] : m_schemas) {
            const auto &own = schema.signature.inputs;
            schema.same = own.size() == inputs.size() && std::equal(own.begin(), own.end(), inputs.begin(), [](const data::Input &a, const data::Input &b) {
                              return a.name == b.name && a.type == b.type;
                          });
        }
        m_cells.resize(inputs.size());
        m_texts.resize(inputs.size());
        return {};
    }

    void takeRequest(const Statement &s) {
        const auto schema = m_schemas.find(int(s.integer(2)));
        if (m_rows.size() >= m_limit || schema == m_schemas.end() || !schema->second.same)
            return;
        ReadInput input;
        if (schema->second.reader->read(Protocol(s.integer(3)), s.blob(6).toStdString(), m_read, input))
            return;
        const std::string output = s.blob(7).toStdString();
        simdjson::dom::element predicted;
        if (m_parser.parse(output).get(predicted))
            return;
        const bool many = s.integer(4) != 0;
        for (std::size_t i = m_read.count; i-- > 0 && m_rows.size() < m_limit;) { // the query runs newest first, so do its rows
            Row row{s.integer(0), int(i), s.integer(1), {}, {}, &schema->second.targets};
            simdjson::dom::element one = predicted;
            if (many && predicted.at(i).get(one))
                continue;
            takePrediction(one, row);
            const auto cells = m_read.row(i);
            for (std::size_t k = 0; k < cells.size(); ++k) {
                const data::Input &in = schema->second.signature.inputs[k];
                if (in.type == data::ColumnType::Category)
                    m_texts[k].push_back(std::isnan(cells[k]) ? std::string() : cells[k] < 0 ? "(unknown)" : in.categories[std::size_t(cells[k])]);
                else
                    m_cells[k].push_back(cells[k]);
            }
            m_rows.push_back(std::move(row));
        }
    }

    /// By the targets' names: a version with the same inputs may have others, and gives nothing for those that are asked about.
    void takePrediction(simdjson::dom::element value, Row &row) const {
        for (const QString &target : m_targets) {
            row.predictions.push_back(std::nan(""));
            if (!row.targets->contains(target))
                continue;
            simdjson::dom::element one = value, first;
            if (row.targets->size() > 1 && value.at_key(utf8(target)).get(one))
                one = value;
            if (one.is_array() && !one.at(0).get(first))
                one = first;
            if (std::string_view text; !one.get(text))
                row.predictedClass = text;
            else if (!one.get(row.predictions.back()))
                appendNumber(row.predictedClass, row.predictions.back());
        }
    }

    Result<void> readLabelsOf() {
        if (m_rows.empty())
            return {};
        for (const QString &sql : {QStringLiteral("SELECT seq,row,value,class,'' FROM labels WHERE seq BETWEEN ?1 AND ?2"), QStringLiteral("SELECT seq,row,value,NULL,target FROM target_labels WHERE seq BETWEEN ?1 AND ?2")})
            PH_TRY(m_database.query(sql, [&](Statement &s) { s.bind(1, m_rows.back().sequence).bind(2, m_rows.front().sequence); },
                                    [&](const Statement &s) {
                                        LabelOfRow &label = m_labels[s.integer(0)][int(s.integer(1))];
                                        label.text = s.text(3).toStdString();
                                        label.values.emplace_back(s.text(4), s.isNull(2) ? std::nan("") : s.real(2));
                                    }));
        return {};
    }

    /// What a label says of a row; one of a single target stands without its name.
    LabelOfRow labelOf(const Row &row) const {
        const auto request = m_labels.find(row.sequence);
        if (request == m_labels.end())
            return {};
        const auto found = request->second.find(row.row);
        if (found == request->second.end())
            return {};
        LabelOfRow label = found->second;
        if (row.targets->size() == 1)
            for (auto &one : label.values)
                one.first = row.targets->front();
        if (!m_targets.contains(row.targets->front()))
            label.text.clear();
        return label;
    }

    static data::Column categoryColumn(const QString &name, const std::vector<std::string> &texts) {
        data::Column column;
        column.name = name;
        column.type = data::ColumnType::Category;
        std::unordered_map<std::string, std::int32_t> codes;
        for (auto it = texts.rbegin(); it != texts.rend(); ++it) {
            if (it->empty()) {
                column.codes.push_back(-1);
                continue;
            }
            const auto [at, fresh] = codes.emplace(*it, std::int32_t(column.dictionary.size()));
            if (fresh)
                column.dictionary.push_back(*it);
            column.codes.push_back(at->second);
        }
        return column;
    }
    static data::Column numberColumn(const QString &name, const std::vector<double> &numbers) {
        data::Column column;
        column.name = name;
        column.numbers.assign(numbers.rbegin(), numbers.rend());
        return column;
    }

    LoggedRows finish() {
        LoggedRows out;
        const artifact::Signature &signature = m_schemas.at(m_newest).signature;
        QStringList names;
        for (std::size_t k = 0; k < signature.inputs.size(); ++k) {
            const data::Input &in = signature.inputs[k];
            names << in.name;
            out.table.columns.push_back(in.type == data::ColumnType::Category ? categoryColumn(in.name, m_texts[k]) : numberColumn(in.name, m_cells[k]));
        }
        out.predictionColumn = QStringLiteral("prediction");
        out.labelColumn = QStringLiteral("label");
        while (names.contains(out.predictionColumn))
            out.predictionColumn += QLatin1Char('_');
        while (names.contains(out.labelColumn))
            out.labelColumn += QLatin1Char('_');
        out.targets = m_targets;
        std::vector<std::vector<double>> predictions(std::size_t(m_targets.size()), std::vector<double>()), labels = predictions;
        std::vector<std::string> predictedClasses, labelClasses;
        for (const Row &row : m_rows) {
            const LabelOfRow label = labelOf(row);
            bool labelled = !label.text.empty();
            for (std::size_t t = 0; t < predictions.size(); ++t) {
                predictions[t].push_back(row.predictions[t]);
                labels[t].push_back(label.value(m_targets[qsizetype(t)]));
                labelled = labelled || !std::isnan(labels[t].back());
            }
            predictedClasses.push_back(row.predictedClass);
            labelClasses.push_back(label.text);
            out.labelled += labelled ? 1 : 0;
        }
        const bool classes = !signature.classes.empty();
        const auto addColumns = [&](QString &column, const std::vector<std::string> &texts, const std::vector<std::vector<double>> &numbers) {
            for (std::size_t t = 0; t < numbers.size(); ++t) {
                const QString name = m_targets.size() == 1 ? column : column + QLatin1Char(' ') + m_targets[qsizetype(t)];
                out.table.columns.push_back(classes ? categoryColumn(name, texts) : numberColumn(name, numbers[t]));
            }
            if (m_targets.size() > 1)
                column += QLatin1Char(' ') + m_targets.front();
        };
        addColumns(out.predictionColumn, predictedClasses, predictions);
        addColumns(out.labelColumn, labelClasses, labels);
        for (auto row = m_rows.rbegin(); row != m_rows.rend(); ++row)
            out.ids.push_back({row->sequence, row->row, row->time});
        if (!m_rows.empty()) {
            out.from = fromMs(m_rows.back().time);
            out.to = fromMs(m_rows.front().time);
        }
        return out;
    }

    Database &m_database;
    std::size_t m_limit;
    int m_newest = 0;
    std::map<int, Schema> m_schemas;
    QStringList m_targets; ///< of the newest answered version
    data::Rows m_read;
    simdjson::dom::parser m_parser;
    std::vector<Row> m_rows; ///< newest first, as the cells
    std::vector<std::vector<double>> m_cells;
    std::vector<std::vector<std::string>> m_texts;
    std::unordered_map<qint64, std::map<int, LabelOfRow>> m_labels;
};

} // namespace

AnswerNames nameAnswers(LoggedRows &rows) {
    AnswerNames names;
    const auto rename = [&](const QString &first, bool label) { // of several targets "label t2m" is the first's column
        const QString stem = rows.targets.size() > 1 ? first.chopped(rows.targets.front().size()) : QString();
        for (const QString &target : rows.targets) {
            const QString now = rows.targets.size() > 1 ? stem + target : first, wanted = label ? target : QStringLiteral("predicted %1").arg(target);
            const bool taken = rows.table.find(wanted);
            for (data::Column &column : rows.table.columns)
                if (column.name == now && !taken)
                    column.name = wanted;
            (label ? names.targets : names.predicted) << (taken ? now : wanted);
        }
    };
    rename(rows.predictionColumn, false);
    rename(rows.labelColumn, true);
    rows.predictionColumn = names.predicted.value(0);
    rows.labelColumn = names.targets.value(0);
    return names;
}

Result<LoggedRows> newestRows(Database &database, std::size_t rows, std::optional<QDateTime> since, std::optional<QDateTime> until) { return RowCollector(database, rows).collect(since, until); }

} // namespace pilothouse::serving
