// SPDX-License-Identifier: GPL-3.0-or-later
// One of the translation units that see LibTorch: models that were scripted elsewhere are asked and differentiated.
#include "core/learn/torch/script_file_internal.h"

#include <torch/csrc/autograd/autograd.h>

#include "core/learn/torch/script_model.h"

#include "core/artifact/shared_pass.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/learn/gradient_model.h"
#include "core/learn/import_torch.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using Shape = std::vector<std::int64_t>;

constexpr double sumTolerance = 1e-3; ///< of probabilities that a float32 softmax gave
constexpr std::size_t blockRows = 1024;

enum class Answers { Numbers, Probabilities, Logits };

QString text(const Shape &shape) {
    QStringList sizes;
    for (const std::int64_t size : shape)
        sizes << QString::number(size);
    return QStringLiteral("[%1]").arg(sizes.join(QStringLiteral(", ")));
}

/// How the rows of a forecast, series by series and the targets' first, become what its script takes, and its answer outputs.
struct WindowShape {
    std::int64_t window = 0, horizon = 0, series = 0, targets = 0; ///< series: of the signature
    Shape taken;                                                   ///< those that the script takes, in its order, as numbers of the signature's
    Shape in(std::int64_t n) const { return {n, window, std::int64_t(taken.size())}; }
    Shape out(std::int64_t n) const { return targets > 1 ? Shape{n, horizon, targets} : Shape{n, horizon}; }
    at::Tensor windows(const at::Tensor &rows) const {
        return rows.reshape({rows.size(0), series, window}).index_select(1, torch::tensor(taken, torch::kInt64)).transpose(1, 2).contiguous();
    }
    /// [n × targets · horizon], all steps of the first target, then those of the second. Invalid: the answer has another shape.
    Result<at::Tensor> outputs(const at::Tensor &answer, std::int64_t n) const;
    QString hint(const Shape &came, std::int64_t n) const;
};

Result<at::Tensor> WindowShape::outputs(const at::Tensor &answer, std::int64_t n) const {
    const Shape came = answer.sizes().vec();
    const bool fits = came == Shape{n, horizon, targets} || (targets == 1 && came == Shape{n, horizon}) || (horizon == 1 && came == Shape{n, targets}) || (horizon == 1 && targets == 1 && came == Shape{n});
    if (!fits)
        return invalid(QStringLiteral("The TorchScript was given windows %1 and answers %2; %3 was expected: %4 steps%5.")
                           .arg(text(in(n)), text(came), text(out(n))).arg(horizon).arg(targets > 1 ? QStringLiteral(" of %1 targets").arg(targets) : QString()), {}, hint(came, n));
    return answer.reshape({n, horizon, targets}).transpose(1, 2).reshape({n, targets * horizon});
}

QString WindowShape::hint(const Shape &came, std::int64_t n) const {
    if (targets > 1 && came == Shape{n, targets, horizon})
        return QStringLiteral("Its targets stand before its steps: let forward end by .transpose(1, 2).");
    if (came == Shape{n, targets * horizon})
        return QStringLiteral("Its steps and targets stand in one row: let forward end by .reshape(-1, %1, %2).").arg(horizon).arg(targets);
    if (!came.empty() && came[0] != n)
        return QStringLiteral("Its first dimension must be the windows: build it with batch_first=True.");
    if (came.size() == 3 && came[2] != targets)
        return QStringLiteral("It answers %1 series: name all that it predicts by --target A,B,…, and its steps by --horizon.").arg(came[2]);
    if (came.size() == 3 || (came.size() == 2 && targets == 1))
        return QStringLiteral("If it predicts %1 steps, say --horizon %1.").arg(came[1]);
    return QStringLiteral("Script a module whose forward(x) gives [windows, steps], or of several targets [windows, steps, targets].");
}

/// Why a model cannot be differentiated: explanations then take another way.
Error withoutGradient(const QString &why) {
    return refused(QStringLiteral("This TorchScript has no gradient by its inputs: %1.").arg(why), {}, QStringLiteral("Use --method kernel-shap, which only asks for predictions."));
}

class ScriptModel final : public FittedModel, public GradientModel, public artifact::SharedPass {
public:
    ScriptModel(torch::jit::Module module, QByteArray bytes, std::size_t inputs, std::size_t outputs, std::size_t classes, Answers answers, std::optional<WindowShape> windows, QJsonObject card)
        : m_module(std::move(module)), m_bytes(std::move(bytes)), m_type(scriptType(m_module)), m_inputs(inputs), m_outputs(outputs), m_classes(classes), m_answers(answers), m_windows(std::move(windows)),
          m_card(std::move(card)) {
        m_card.insert(Q("dtype"), scriptTypeName(m_type));
    }
    Result<artifact::Predictions> predict(const data::Rows &x) const override;
    Result<std::vector<double>> inputGradients(const data::Rows &x, std::size_t output) const override;
    Result<QStringList> save(const QString &folder) const override {
        PH_TRY(writeFileAtomically(folder + QStringLiteral("/model.pt"), m_bytes));
        PH_TRY(writeFileAtomically(folder + QLatin1Char('/') + Q(scriptCardFile), prettyJson(m_card)));
        return QStringList{QStringLiteral("model.pt"), Q(scriptCardFile)};
    }
    QString flavour() const override { return QStringLiteral("torch"); }
    QJsonObject describe() const override {
        QJsonObject facts{{Q("parameters"), scriptParameters(m_module)}, {Q("dtype"), m_card.value(Q("dtype"))}, {Q("answers"), m_card.value(Q("answers"))}};
        if (m_windows) {
            facts.insert(Q("window"), qint64(m_windows->window));
            facts.insert(Q("horizon"), qint64(m_windows->horizon));
            facts.insert(Q("series"), m_card.value(Q("forecast")).toObject().value(Q("series")));
        }
        return facts;
    }

private:
    Result<void> checkWidth(const data::Rows &x) const;
    Result<at::Tensor> ask(const at::Tensor &rows) const;
    Result<at::Tensor> outputs(const at::Tensor &answer, std::int64_t n) const;
    at::Tensor probabilities(const at::Tensor &outputs) const;
    Result<void> slopes(const double *rows, std::size_t count, std::size_t output, std::vector<double> &all) const;
    Result<void> classify(const std::vector<double> &raw, std::size_t firstRow, artifact::Predictions &out) const;
    Error failure(const std::exception &e) const;

    mutable torch::jit::Module m_module; ///< forward() is not const, but may be called from several threads
    QByteArray m_bytes;
    at::ScalarType m_type;
    std::size_t m_inputs, m_outputs, m_classes;
    Answers m_answers;
    std::optional<WindowShape> m_windows; ///< of a forecast
    QJsonObject m_card;
};

/// The rows themselves, not a copy.
at::Tensor tensorOf(const double *rows, std::size_t count, std::size_t width) {
    return torch::from_blob(const_cast<double *>(rows), {std::int64_t(count), std::int64_t(width)}, torch::kFloat64);
}

Result<void> ScriptModel::checkWidth(const data::Rows &x) const {
    if (x.width != m_inputs || x.values.size() != x.count * x.width)
        return invalid(QStringLiteral("The network takes %1 values a row, not %2.").arg(m_inputs).arg(x.width));
    return {};
}

/// Rows float64 [n × inputs] → what is said of them, float64 [n × outputs]; of classes the probabilities. Throws what LibTorch throws.
Result<at::Tensor> ScriptModel::ask(const at::Tensor &rows) const {
    const std::int64_t n = rows.size(0);
    const at::Tensor given = (m_windows ? m_windows->windows(rows) : rows).to(m_type, false, true); // a copy: a script may write into it
    const c10::IValue answer = m_module.forward({given});
    if (!answer.isTensor())
        return invalid(QStringLiteral("The TorchScript answers with %1; one tensor was expected.").arg(QString::fromStdString(answer.tagKind())), {}, QStringLiteral("Script a module whose forward(x) gives the predictions alone."));
    const at::Tensor out = answer.toTensor().to(torch::kCPU, torch::kFloat64);
    return m_windows ? m_windows->outputs(out, n) : outputs(out, n);
}

Result<at::Tensor> ScriptModel::outputs(const at::Tensor &answer, std::int64_t n) const {
    const auto most = std::int64_t(m_outputs), numbers = answer.numel();
    const std::int64_t one = m_classes == 2 ? 1 : most; // two classes may have one output
    if (answer.dim() < 1 || answer.size(0) != n || (numbers != n * most && numbers != n * one))
        return invalid(QStringLiteral("The TorchScript gives %1 numbers for %2 rows; %3 for each row were expected (it answers %4).").arg(numbers).arg(n).arg(m_outputs).arg(text(answer.sizes().vec())), {},
                       m_classes ? QStringLiteral("Name the classes in the order of its outputs: --classes A,B,….")
                                 : QStringLiteral("One number for each row is a regression; more are classes (--classes A,B,…), or the steps of a forecast (--task forecast)."));
    const at::Tensor table = answer.reshape({n, numbers == n * most ? most : one});
    return m_classes ? probabilities(table) : table;
}

/// [n × classes] of [n × classes], or of two classes [n × 1], which is the second one's.
at::Tensor ScriptModel::probabilities(const at::Tensor &outputs) const {
    const bool alone = outputs.size(1) == 1;
    if (m_answers == Answers::Logits && !alone)
        return torch::softmax(outputs, 1);
    const at::Tensor shares = m_answers == Answers::Logits ? torch::sigmoid(outputs) : outputs;
    return alone ? torch::cat({1 - shares, shares}, 1) : shares;
}

Result<void> ScriptModel::classify(const std::vector<double> &raw, std::size_t firstRow, artifact::Predictions &out) const {
    for (std::size_t i = 0; i < out.count; ++i) {
        const auto begin = raw.begin() + std::ptrdiff_t(i * m_classes), end = begin + std::ptrdiff_t(m_classes);
        double sum = 0;
        bool shares = true;
        for (auto value = begin; value != end; ++value) {
            shares &= *value >= -sumTolerance && *value <= 1 + sumTolerance;
            sum += *value;
        }
        if (!shares || std::abs(sum - 1) > sumTolerance)
            return invalid(QStringLiteral("The TorchScript's outputs of row %1 are no probabilities: they lie outside 0 to 1 or do not sum to 1.").arg(firstRow + i + 1), {}, QStringLiteral("If they are logits, import it with --answers logits."));
        out.values.push_back(double(std::max_element(begin, end) - begin));
    }
    out.probabilities = raw;
    return {};
}

/// What LibTorch threw, or the script raised; its interpreter puts the cause into the last line.
QString wordsOf(const std::exception &e) {
    const auto *own = dynamic_cast<const c10::Error *>(&e);
    return QString::fromUtf8(own ? own->what_without_backtrace() : e.what()).trimmed();
}

Error ScriptModel::failure(const std::exception &e) const {
    const QString dtype = m_card.value(Q("dtype")).toString(), words = wordsOf(e), last = words.section(QLatin1Char('\n'), -1).trimmed();
    Error error = m_windows ? invalid(QStringLiteral("The TorchScript failed on windows %1 (%2): %3").arg(text(m_windows->in(1)).replace(Q("[1,"), Q("[n,")), dtype, last), {},
                                      QStringLiteral("Compare --window and --series with its training: it is given n windows × steps × series, oldest step first."))
                            : invalid(QStringLiteral("The TorchScript failed on these rows: %1").arg(last), {}, QStringLiteral("Its forward takes rows of %1 values as %2.").arg(m_inputs).arg(dtype));
    error.raw = words;
    return error;
}

Result<artifact::Predictions> ScriptModel::predict(const data::Rows &x) const {
    PH_TRY(checkWidth(x));
    artifact::Predictions out;
    out.count = x.count;
    out.classes = m_classes;
    out.outputs = m_classes ? 1 : m_outputs;
    std::vector<double> raw;
    raw.reserve(x.count * m_outputs);
    try {
        const c10::NoGradGuard quiet; // not InferenceMode: what the script makes of constants in it could never be differentiated
        for (std::size_t first = 0; first < x.count; first += blockRows) {
            const std::size_t count = std::min(blockRows, x.count - first);
            PH_ASSIGN(const at::Tensor answer, ask(tensorOf(x.values.data() + first * m_inputs, count, m_inputs)));
            const at::Tensor values = answer.contiguous();
            raw.insert(raw.end(), values.data_ptr<double>(), values.data_ptr<double>() + values.numel());
        }
    } catch (const std::exception &e) {
        return failure(e);
    }
    if (m_classes) {
        PH_TRY(classify(raw, x.first, out));
        return out;
    }
    for (std::size_t i = 0; i < raw.size(); ++i)
        if (!std::isfinite(raw[i]))
            return invalid(QStringLiteral("The TorchScript's answer for row %1 is not finite.").arg(x.first + i / m_outputs + 1));
    out.values = std::move(raw);
    return out;
}

Result<std::vector<double>> ScriptModel::inputGradients(const data::Rows &x, std::size_t output) const {
    PH_TRY(checkWidth(x));
    if (output >= m_outputs)
        return invalid(QStringLiteral("The network has %1 outputs; there is no output %2.").arg(m_outputs).arg(output));
    std::vector<double> all;
    all.reserve(x.values.size());
    for (std::size_t first = 0; first < x.count; first += blockRows)
        PH_TRY(slopes(x.values.data() + first * m_inputs, std::min(blockRows, x.count - first), output, all));
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!std::isfinite(all[i]))
            return withoutGradient(QStringLiteral("at row %1 it is not finite").arg(x.first + i / m_inputs + 1));
    return all;
}

/// Appends the gradients of some rows: a row's output depends on that row alone, so that the sum's gradient holds all of them.
Result<void> ScriptModel::slopes(const double *rows, std::size_t count, std::size_t output, std::vector<double> &all) const {
    const c10::AutoGradMode on(true);
    const QString steps = QStringLiteral("its answer does not follow them smoothly (argmax, a comparison, detach or no_grad)");
    try {
        const at::Tensor input = tensorOf(rows, count, m_inputs).requires_grad_(true);
        PH_ASSIGN(const at::Tensor answer, ask(input));
        if (!answer.requires_grad())
            return withoutGradient(steps);
        const at::Tensor gradient = torch::autograd::grad({answer.select(1, std::int64_t(output)).sum()}, {input}, {}, {}, false, true).front();
        if (!gradient.defined())
            return withoutGradient(steps);
        const at::Tensor values = gradient.contiguous();
        all.insert(all.end(), values.data_ptr<double>(), values.data_ptr<double>() + values.numel());
        return {};
    } catch (const std::exception &e) { // a call in it that LibTorch cannot differentiate: it answers without
        Error error = withoutGradient(QStringLiteral("LibTorch cannot differentiate a call in it"));
        error.raw = wordsOf(e);
        return error;
    }
}

Result<Answers> answersOf(const QString &word, std::size_t classes, const QString &where) {
    if (word == Q("numbers") && classes == 0)
        return Answers::Numbers;
    if (word == Q("probabilities") && classes > 1)
        return Answers::Probabilities;
    if (word == Q("logits") && classes > 1)
        return Answers::Logits;
    return invalid(QStringLiteral("“answers” is “%1”, which does not fit a signature with %2 classes.").arg(word).arg(classes), where, QStringLiteral("Import the TorchScript again."));
}

/// Of a forecast's card; nullopt for all others.
Result<std::optional<WindowShape>> windowsOf(const QJsonObject &card, const artifact::Signature &signature, const QString &where) {
    if (signature.horizon() == 0)
        return std::optional<WindowShape>();
    JsonReader reader(card.value(Q("forecast")).toObject(), where);
    WindowShape shape;
    shape.window = reader.integer("window");
    shape.horizon = reader.integer("horizon");
    const QStringList taken = reader.texts("series");
    PH_TRY(reader.check());
    shape.targets = signature.targets().size();
    const Error unfit = invalid(QStringLiteral("The windows of this card do not fit the signature."), where, QStringLiteral("Import the TorchScript again."));
    if (shape.window < 1 || std::size_t(shape.window) != signature.window() || std::size_t(shape.horizon) != signature.horizon() || taken.isEmpty())
        return unfit;
    const QStringList known = signature.series();
    shape.series = known.size();
    for (const QString &name : taken) {
        shape.taken.push_back(known.indexOf(name));
        if (shape.taken.back() < 0)
            return unfit;
    }
    return std::optional(shape);
}

} // namespace

Result<std::unique_ptr<FittedModel>> loadScriptModel(const QString &folder, const artifact::Signature &signature) {
    const QString file = folder + QStringLiteral("/model.pt"), cardFile = folder + QLatin1Char('/') + Q(scriptCardFile);
    PH_ASSIGN(const QByteArray json, readFile(cardFile));
    PH_ASSIGN(QJsonObject card, parseJsonObject(json, cardFile));
    JsonReader reader(card, cardFile);
    const QString format = reader.text("format"), word = reader.text("answers");
    const qint64 inputs = reader.integer("inputs");
    PH_TRY(reader.check());
    if (format != Q(scriptFormat) || inputs != qint64(signature.inputs.size()) || inputs < 1)
        return invalid(QStringLiteral("This card (%1, %2 inputs) does not fit a signature with %3 inputs.").arg(format).arg(inputs).arg(signature.inputs.size()), cardFile, QStringLiteral("Import the TorchScript again."));
    PH_ASSIGN(const Answers answers, answersOf(word, signature.classes.size(), cardFile));
    PH_ASSIGN(std::optional<WindowShape> windows, windowsOf(card, signature, cardFile));
    PH_ASSIGN(QByteArray bytes, readFile(file));
    PH_ASSIGN(torch::jit::Module module, readScript(bytes, file));
    const std::size_t classes = signature.classes.size(), outputs = classes ? classes : signature.outputs.size();
    return std::unique_ptr<FittedModel>(std::make_unique<ScriptModel>(std::move(module), std::move(bytes), std::size_t(inputs), outputs, classes, answers, std::move(windows), std::move(card)));
}

} // namespace pilothouse::learn
