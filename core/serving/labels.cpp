// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/labels.h"

#include "core/serving/json_text.h"

#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

namespace pilothouse::serving {

namespace dom = simdjson::dom;

namespace {

InputProblem broken(std::string field, std::string what, std::string hint = {}) { return {422, std::move(field), std::move(what), std::move(hint)}; }

/// A number, or a list of them.
bool readNumbers(dom::element value, std::vector<double> &numbers) {
    dom::array list;
    double number = 0;
    if (!value.get(number)) {
        numbers.push_back(number);
        return true;
    }
    if (value.get(list))
        return false;
    for (const dom::element item : list) {
        if (item.get(number))
            return false;
        numbers.push_back(number);
    }
    return !numbers.empty();
}

/// {"t2m":…,"rh2m":…}; null: not known, but one must be.
bool readTargets(const dom::object &object, Label &label) {
    for (const dom::key_value_pair field : object) {
        std::vector<double> numbers;
        if (field.value.is_null())
            continue;
        if (!readNumbers(field.value, numbers))
            return false;
        label.targets.emplace_back(field.key, std::move(numbers));
    }
    return !label.targets.empty();
}

bool readValue(dom::element value, Label &label) {
    std::int64_t integer = 0;
    double number = 0;
    bool truth = false;
    std::string_view text;
    dom::object object;
    if (!value.get(integer)) {
        label.values = {double(integer)};
        label.text = std::to_string(integer);
        return true;
    }
    if (!value.get(number)) {
        label.values = {number};
        appendNumber(label.text, number);
        return true;
    }
    if (!value.get(text) || !value.get(truth)) {
        label.isClass = true;
        label.text = value.is_bool() ? (truth ? "true" : "false") : std::string(text);
        return true;
    }
    return value.get(object) ? readNumbers(value, label.values) : readTargets(object, label);
}

/// One logged request, with what its rows gave.
struct Logged {
    std::int64_t timeMs = 0;
    int revision = 0, status = 0, rows = 0;
    Protocol protocol = Protocol::Rest;
    std::string input, output;
    bool found = false, many = false;
    std::optional<artifact::Predictions> stable, canary; ///< scored when first needed
    bool scored = false;
};

/// What was predicted for one row, out of the logged output, which is written as a label is.
std::optional<Label> predictedOf(const Logged &logged, int row) {
    thread_local dom::parser parser;
    dom::element value;
    if (parser.parse(logged.output).get(value))
        return std::nullopt;
    if (row >= 0) {
        dom::array list;
        dom::element item;
        if (value.get(list) || list.at(std::size_t(row)).get(item))
            return std::nullopt;
        value = item;
    }
    Label read;
    if (!readValue(value, read))
        return std::nullopt;
    return read;
}

double meanError(const std::vector<double> &truth, const double *predicted, std::size_t count) {
    double sum = 0;
    const std::size_t n = std::min(truth.size(), count);
    for (std::size_t i = 0; i < n; ++i)
        sum += std::abs(predicted[i] - truth[i]);
    return n > 0 ? sum / double(n) : std::nan("");
}

double lossOf(const Label &label, bool classes, const std::string &predictedText, const double *values, std::size_t count) {
    if (classes)
        return label.text == predictedText ? 0.0 : 1.0;
    return meanError(label.values, values, count);
}

/// Everything one batch of labels needs, read once.
class Desk {
public:
    Desk(ServingStore &store, RolloutControl &control) : m_store(store), m_pairing(control.pairing()) {}
    const std::optional<RolloutControl::Pairing> &pairing() const { return m_pairing; }

    Result<void> take(const Label &label, qint64 timeMs, LabelOutcome &outcome, std::vector<LossPair> &pairs) {
        const auto id = parsePredictionId(label.predictionId);
        if (!id) {
            outcome.unknown.push_back(label.predictionId);
            return {};
        }
        PH_ASSIGN(Logged * logged, find(*id));
        if (!logged->found || (id->row >= 0) != logged->many || id->row >= logged->rows) {
            outcome.unknown.push_back(label.predictionId);
            return {};
        }
        if (logged->status >= 400) {
            outcome.rejected.emplace_back(label.predictionId, "This request was not answered with a prediction.");
            return {};
        }
        PH_ASSIGN(const artifact::Signature *signature, signatureOf(logged->revision));
        if (const std::string wrong = misfit(label, *signature); !wrong.empty()) {
            outcome.rejected.emplace_back(label.predictionId, wrong);
            return {};
        }
        const auto predicted = predictedOf(*logged, id->row);
        if (!predicted) {
            outcome.rejected.emplace_back(label.predictionId, "What was predicted can no longer be read.");
            return {};
        }
        if (!label.targets.empty()) {
            PH_TRY(storeTargets(*id, label, *logged, *predicted, timeMs));
            ++outcome.accepted;
            return {};
        }
        const bool classes = !signature->classes.empty();
        const double loss = lossOf(label, classes, predicted->text, predicted->values.data(), predicted->values.size());
        PH_TRY(store(*id, label, *logged, *predicted, classes, loss, timeMs));
        if (m_pairing && id->sequence >= m_pairing->firstSequence)
            PH_TRY(pair(*id, label, *logged, pairs));
        ++outcome.accepted;
        return {};
    }

private:
    Result<Logged *> find(const PredictionId &id) {
        if (const auto known = m_logged.find(id.sequence); known != m_logged.end())
            return &known->second;
        Logged logged;
        PH_TRY(m_store.database()->query(QStringLiteral("SELECT time,revision,status,rows,protocol,input,output,many FROM predictions WHERE seq=?1 AND instance=?2"),
                                         [&](Statement &s) { s.bind(1, qint64(id.sequence)).bind(2, qint64(id.instance)); },
                                         [&](const Statement &s) {
                                             logged.found = true;
                                             logged.timeMs = s.integer(0);
                                             logged.revision = int(s.integer(1));
                                             logged.status = int(s.integer(2));
                                             logged.rows = int(s.integer(3));
                                             logged.protocol = Protocol(s.integer(4));
                                             logged.input = s.blob(5).toStdString();
                                             logged.output = s.blob(6).toStdString();
                                             logged.many = s.integer(7) != 0;
                                         }));
        return &m_logged.emplace(id.sequence, std::move(logged)).first->second;
    }

    Result<const artifact::Signature *> signatureOf(int revision) {
        if (const auto known = m_signatures.find(revision); known != m_signatures.end())
            return &known->second;
        PH_ASSIGN(const QJsonObject json, m_store.signature(revision));
        PH_ASSIGN(artifact::Signature signature, artifact::Signature::fromJson(json, m_store.database()->path()));
        return &m_signatures.emplace(revision, std::move(signature)).first->second;
    }

    static std::string misfit(const Label &label, const artifact::Signature &signature) {
        const QStringList targets = signature.targets();
        const auto listed = [&] { return utf8(targets.join(QStringLiteral(", "))); };
        if (targets.size() > 1 && label.targets.empty())
            return "The model forecasts several targets (" + listed() + "): give each one's value by its name.";
        if (targets.size() == 1 && !label.targets.empty())
            return "The model has one target: give its value alone.";
        for (const auto &[target, values] : label.targets) {
            if (!targets.contains(fromUtf8(target)))
                return "The model does not forecast “" + target + "”: its targets are " + listed() + '.';
            if (values.size() > signature.horizon())
                return "More values of “" + target + "” than the forecast has steps.";
        }
        if (targets.size() > 1)
            return {};
        if (signature.classes.empty()) {
            if (label.isClass)
                return "A number was expected.";
            if (label.values.size() > std::max<std::size_t>(1, signature.outputs.size()))
                return "More values than the forecast has steps.";
            return {};
        }
        for (const std::string &known : signature.classes)
            if (known == label.text)
                return {};
        return "The model knows no class “" + label.text + "”.";
    }

    /// Of each target that the label names the first step, and the mean error of its steps.
    Result<void> storeTargets(const PredictionId &id, const Label &label, const Logged &logged, const Label &predicted, qint64 timeMs) {
        for (const auto &[target, values] : label.targets) {
            const auto known = std::find_if(predicted.targets.begin(), predicted.targets.end(), [&target = target](const auto &one) { return one.first == target; });
            const std::vector<double> said = known == predicted.targets.end() ? std::vector<double>() : known->second;
            const double loss = meanError(values, said.data(), said.size());
            PH_TRY(m_store.database()->execute(
                QStringLiteral("INSERT INTO target_labels(seq,row,target,prediction_id,time,predicted_time,revision,value,predicted,loss) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) "
                               "ON CONFLICT(seq,row,target) DO UPDATE SET time=excluded.time,value=excluded.value,loss=excluded.loss"),
                [&, &target = target, &values = values](Statement &s) {
                    s.bind(1, qint64(id.sequence)).bind(2, std::max(0, id.row)).bind(3, std::string_view(target)).bind(4, std::string_view(label.predictionId)).bind(5, timeMs);
                    s.bind(6, qint64(logged.timeMs)).bind(7, logged.revision).bind(8, values.front());
                    said.empty() ? s.bindNull(9) : s.bind(9, said.front());
                    std::isfinite(loss) ? s.bind(10, loss) : s.bindNull(10);
                }));
        }
        return {};
    }

    Result<void> store(const PredictionId &id, const Label &label, const Logged &logged, const Label &predicted, bool classes, double loss, qint64 timeMs) {
        PH_TRY(m_store.database()->execute(
            QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,value,class,predicted,predicted_class,loss,prediction_id) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11) "
                           "ON CONFLICT(seq,row) DO UPDATE SET time=excluded.time,value=excluded.value,class=excluded.class,loss=excluded.loss"),
            [&](Statement &s) {
                s.bind(1, qint64(id.sequence)).bind(2, std::max(0, id.row)).bind(3, timeMs).bind(4, qint64(logged.timeMs)).bind(5, logged.revision);
                if (classes) {
                    s.bindNull(6).bind(7, std::string_view(label.text)).bindNull(8).bind(9, std::string_view(predicted.text));
                } else {
                    s.bind(6, label.values.front()).bindNull(7).bindNull(9);
                    predicted.values.empty() ? s.bindNull(8) : s.bind(8, predicted.values.front());
                }
                std::isfinite(loss) ? s.bind(10, loss) : s.bindNull(10);
                s.bind(11, std::string_view(label.predictionId));
            }));
        return {};
    }

    /// The losses of both versions on this row. A row that one of them cannot read or score is not compared: it has been
    /// counted as an error of that side when it was asked.
    Result<void> pair(const PredictionId &id, const Label &label, Logged &logged, std::vector<LossPair> &pairs) {
        if (!logged.scored) {
            logged.scored = true;
            for (const auto &[model, slot] : {std::pair(m_pairing->stable, &logged.stable), std::pair(m_pairing->canary, &logged.canary)}) {
                ReadInput input;
                if (model->reader.read(logged.protocol, logged.input, m_rows, input))
                    continue;
                if (auto answer = model->scorer->score(m_rows))
                    *slot = *std::move(answer);
            }
        }
        const std::size_t row = std::size_t(std::max(0, id.row));
        const auto loss = [&](const LiveModelPtr &model, const std::optional<artifact::Predictions> &answer) -> std::optional<double> {
            if (!answer || row >= answer->count)
                return std::nullopt;
            std::string text;
            if (model->classes) {
                const double index = answer->values[row];
                const auto &classes = model->scorer->signature().classes;
                if (index >= 0 && index < double(classes.size()))
                    text = classes[std::size_t(index)];
            }
            const double value = lossOf(label, model->classes, text, answer->values.data() + row * answer->outputs, answer->outputs);
            return std::isfinite(value) ? std::optional(value) : std::nullopt;
        };
        const auto a = loss(m_pairing->stable, logged.stable), b = loss(m_pairing->canary, logged.canary);
        if (!a || !b)
            return {};
        const LossPair p{id.sequence, int(row), *a, *b};
        PH_TRY(m_store.database()->execute(QStringLiteral("INSERT OR REPLACE INTO paired(canary,step,seq,row,stable_loss,canary_loss) VALUES(?1,?2,?3,?4,?5,?6)"),
                                           [&](Statement &s) {
                                               s.bind(1, m_pairing->canary->revision.number).bind(2, m_pairing->step).bind(3, p.sequence).bind(4, p.row);
                                               s.bind(5, p.stable).bind(6, p.canary);
                                           }));
        pairs.push_back(p);
        return {};
    }

    ServingStore &m_store;
    std::optional<RolloutControl::Pairing> m_pairing;
    std::map<std::int64_t, Logged> m_logged;
    std::map<int, artifact::Signature> m_signatures;
    data::Rows m_rows;
};

} // namespace

std::optional<InputProblem> readLabels(const std::string &body, std::vector<Label> &labels) {
    thread_local dom::parser parser;
    dom::element root;
    if (const auto error = parser.parse(body).get(root))
        return InputProblem{400, {}, std::string("The body is not JSON: ") + simdjson::error_message(error), "Send {\"labels\":[{\"prediction_id\":…,\"value\":…}]}."};
    dom::object object;
    dom::array list;
    if (root.get(object) || object["labels"].get(list))
        return broken("labels", "The body has no list `labels`.", "Send {\"labels\":[{\"prediction_id\":…,\"value\":…}]}.");
    for (const dom::element item : list) {
        const std::string at = "labels[" + std::to_string(labels.size()) + ']';
        dom::object entry;
        std::string_view id;
        dom::element value;
        Label label;
        if (item.get(entry) || entry["prediction_id"].get(id))
            return broken(at + ".prediction_id", "Expected the text that /predict gave as prediction_id.");
        if (entry["value"].get(value) || !readValue(value, label))
            return broken(at + ".value", "Expected a number, a class or a list of numbers; of several targets one of these for each by its name.");
        label.predictionId = id;
        labels.push_back(std::move(label));
    }
    if (labels.empty())
        return broken("labels", "The list holds no label.");
    return std::nullopt;
}

Result<LabelOutcome> takeLabels(const std::vector<Label> &labels, ServingStore &store, PredictionLog &log, RolloutControl &control) {
    PH_TRY(log.flush()); // a label may come right behind its prediction
    const qint64 time = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    LabelOutcome outcome;
    std::vector<LossPair> pairs;
    Desk desk(store, control);
    PH_TRY(store.database()->transaction([&]() -> Result<void> {
        for (const Label &label : labels)
            PH_TRY(desk.take(label, std::min(time, label.cameMs.value_or(time)), outcome, pairs));
        return {};
    }));
    if (desk.pairing())
        control.addPairs(*desk.pairing(), pairs);
    return outcome;
}

} // namespace pilothouse::serving
