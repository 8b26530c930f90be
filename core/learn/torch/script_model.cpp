// SPDX-License-Identifier: GPL-3.0-or-later
// With torch_script.cpp and export_script.cpp the translation unit that sees LibTorch: models that were scripted elsewhere.
#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/script.h>

#include "core/learn/torch/script_model.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/learn/import_torch.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

constexpr double sumTolerance = 1e-3; ///< of probabilities that a float32 softmax gave
constexpr std::size_t blockRows = 1024;

enum class Answers { Numbers, Probabilities, Logits };

/// Calls by which a script would read or write files or leave the process. The aten and prim namespaces are LibTorch's own.
bool reachesOutside(const std::string &kind) {
    static const char *const outside[] = {"aten::save", "aten::from_file", "prim::PythonOp", "prim::rpc_async", "prim::rpc_sync", "prim::rpc_remote"};
    return (kind.rfind("aten::", 0) != 0 && kind.rfind("prim::", 0) != 0) || std::find(std::begin(outside), std::end(outside), kind) != std::end(outside);
}

/// The first such call in a block and the blocks inside it; empty: none.
std::string outsideCall(const torch::jit::Block *block) {
    for (const torch::jit::Node *node : block->nodes()) {
        const std::string kind = node->kind().toQualString();
        if (reachesOutside(kind))
            return kind;
        for (const torch::jit::Block *inner : node->blocks())
            if (const std::string found = outsideCall(inner); !found.empty())
                return found;
    }
    return {};
}

Error outside(const QString &call, const QString &where) {
    return invalid(QStringLiteral("The TorchScript calls %1, which reaches outside the model: it is not run here.").arg(call), where,
                   QStringLiteral("Take the call out of the module, or serve the model by its own server."));
}

/// The code as text, before anything of it is loaded: a __setstate__ runs while the file is read.
Result<void> checkCode(const QByteArray &bytes, const QString &where) {
    static const QRegularExpression reaching(QStringLiteral("\\b(torch\\.(?:save|from_file)\\s*\\(|ops\\.(?!aten\\.(?!save|from_file)|prim\\.)\\w+\\.\\w+)"));
    std::istringstream stream(bytes.toStdString());
    caffe2::serialize::PyTorchStreamReader reader(&stream);
    for (const std::string &name : reader.getAllRecords()) {
        if (name.rfind("code/", 0) != 0 || !name.ends_with(".py"))
            continue;
        const auto [data, size] = reader.getRecord(name);
        if (const auto found = reaching.match(QString::fromUtf8(static_cast<const char *>(data.get()), qsizetype(size))); found.hasMatch())
            return outside(found.captured().remove(QLatin1Char('(')), where);
    }
    return {};
}

Result<void> checkForward(const torch::jit::Module &module, const QString &where) {
    const auto method = module.find_method("forward");
    if (!method)
        return invalid(QStringLiteral("The TorchScript has no method forward."), where, QStringLiteral("Script or trace the module that predicts: torch.jit.script(model).save(…)."));
    const auto &arguments = method->function().getSchema().arguments();
    std::size_t required = 0;
    for (std::size_t i = 1; i < arguments.size(); ++i) // 0 is self
        required += arguments[i].default_value() ? 0 : 1;
    if (required != 1 || arguments.size() < 2 || arguments[1].type()->kind() != c10::TypeKind::TensorType)
        return invalid(QStringLiteral("The TorchScript's forward takes %1 arguments; one tensor [rows, inputs] is passed.").arg(arguments.size() - 1), where,
                       QStringLiteral("Script a module whose forward(x) takes the rows."));
    const auto graph = method->graph()->copy();
    torch::jit::Inline(*graph);
    if (const std::string call = outsideCall(graph->block()); !call.empty())
        return outside(QString::fromStdString(call), where);
    return {};
}

class ScriptModel final : public FittedModel {
public:
    ScriptModel(torch::jit::Module module, QByteArray bytes, at::ScalarType type, std::size_t inputs, std::size_t outputs, std::size_t classes, Answers answers, QJsonObject card)
        : m_module(std::move(module)), m_bytes(std::move(bytes)), m_type(type), m_inputs(inputs), m_outputs(outputs), m_classes(classes), m_answers(answers), m_card(std::move(card)) {}
    Result<artifact::Predictions> predict(const data::Rows &x) const override;
    Result<QStringList> save(const QString &folder) const override {
        PH_TRY(writeFileAtomically(folder + QStringLiteral("/model.pt"), m_bytes));
        PH_TRY(writeFileAtomically(folder + QLatin1Char('/') + Q(scriptCardFile), prettyJson(m_card)));
        return QStringList{QStringLiteral("model.pt"), Q(scriptCardFile)};
    }
    QString flavour() const override { return QStringLiteral("torch"); }
    QJsonObject describe() const override {
        qint64 count = 0;
        for (const at::Tensor &tensor : m_module.parameters())
            count += tensor.numel();
        return {{Q("parameters"), count}, {Q("dtype"), m_card.value(Q("dtype"))}, {Q("answers"), m_card.value(Q("answers"))}};
    }

private:
    Result<void> run(const double *rows, std::size_t count, std::vector<double> &raw) const;
    Result<void> classify(const std::vector<double> &raw, std::size_t firstRow, artifact::Predictions &out) const;
    mutable torch::jit::Module m_module; ///< forward() is not const, but may be called from several threads
    QByteArray m_bytes;
    at::ScalarType m_type;
    std::size_t m_inputs, m_outputs, m_classes;
    Answers m_answers;
    QJsonObject m_card;
};

/// Appends the outputs of some rows.
Result<void> ScriptModel::run(const double *rows, std::size_t count, std::vector<double> &raw) const {
    const c10::InferenceMode guard;
    const at::Tensor input = torch::from_blob(const_cast<double *>(rows), {std::int64_t(count), std::int64_t(m_inputs)}, torch::kFloat64).to(m_type);
    const c10::IValue answer = m_module.forward({input});
    if (!answer.isTensor())
        return invalid(QStringLiteral("The TorchScript answers with %1; one tensor [rows, outputs] was expected.").arg(QString::fromStdString(answer.tagKind())), {}, QStringLiteral("Script a module whose forward(x) gives the predictions alone."));
    const at::Tensor out = answer.toTensor().to(torch::kCPU, torch::kFloat64).contiguous();
    const std::size_t one = m_classes == 2 ? 1 : m_outputs; // two classes may have one output
    const auto numbers = std::size_t(out.numel());
    if (out.dim() < 1 || std::size_t(out.size(0)) != count || (numbers != count * m_outputs && numbers != count * one))
        return invalid(QStringLiteral("The TorchScript gives %1 numbers for %2 rows; %3 for each row were expected.").arg(numbers).arg(count).arg(m_outputs), {},
                       m_classes ? QStringLiteral("Name the classes in the order of its outputs: --classes A,B,….") : QStringLiteral("One number for each row is a regression; more are classes: --classes A,B,…."));
    raw.insert(raw.end(), out.data_ptr<double>(), out.data_ptr<double>() + numbers);
    return {};
}

Result<void> ScriptModel::classify(const std::vector<double> &raw, std::size_t firstRow, artifact::Predictions &out) const {
    const std::size_t wide = out.count ? raw.size() / out.count : m_classes;
    for (std::size_t i = 0; i < out.count; ++i) {
        std::vector<double> row(raw.begin() + std::ptrdiff_t(i * wide), raw.begin() + std::ptrdiff_t((i + 1) * wide));
        if (m_answers == Answers::Logits && wide == 1)
            row[0] = 1 / (1 + std::exp(-row[0]));
        if (wide == 1)
            row.insert(row.begin(), 1 - row[0]);
        if (m_answers == Answers::Logits && wide > 1) {
            const double top = *std::max_element(row.begin(), row.end());
            double sum = 0;
            for (double &value : row)
                sum += value = std::exp(value - top);
            for (double &value : row)
                value /= sum;
        }
        double sum = 0;
        bool shares = true;
        for (const double value : row) {
            shares &= value >= -sumTolerance && value <= 1 + sumTolerance;
            sum += value;
        }
        if (!shares || std::abs(sum - 1) > sumTolerance)
            return invalid(QStringLiteral("The TorchScript's outputs of row %1 are no probabilities: they lie outside 0 to 1 or do not sum to 1.").arg(firstRow + i + 1), {}, QStringLiteral("If they are logits, import it with --answers logits."));
        out.values.push_back(double(std::max_element(row.begin(), row.end()) - row.begin()));
        if (m_classes == 2) // a half is the second class, as with the models trained here
            out.values.back() = row[1] >= row[0] ? 1 : 0;
        out.probabilities.insert(out.probabilities.end(), row.begin(), row.end());
    }
    return {};
}

Result<artifact::Predictions> ScriptModel::predict(const data::Rows &x) const {
    if (x.width != m_inputs || x.values.size() != x.count * x.width)
        return invalid(QStringLiteral("The network takes %1 values a row, not %2.").arg(m_inputs).arg(x.width));
    artifact::Predictions out;
    out.count = x.count;
    out.classes = m_classes;
    out.outputs = m_classes ? 1 : m_outputs;
    std::vector<double> raw;
    try {
        for (std::size_t first = 0; first < x.count; first += blockRows)
            PH_TRY(run(x.values.data() + first * m_inputs, std::min(blockRows, x.count - first), raw));
    } catch (const c10::Error &e) {
        Error error = invalid(QStringLiteral("The TorchScript failed on these rows."), {}, QStringLiteral("Its forward takes rows of %1 values as %2; look at the message in the details.").arg(m_inputs).arg(m_card.value(Q("dtype")).toString()));
        error.raw = QString::fromUtf8(e.what_without_backtrace());
        return error;
    } catch (const std::exception &e) { // an exception that the script raises
        return invalid(QStringLiteral("The TorchScript failed on these rows: %1").arg(QString::fromUtf8(e.what()).section(QLatin1Char('\n'), -1).trimmed()));
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

/// What the first parameter is made of; float32 if there is none.
at::ScalarType typeOf(const torch::jit::Module &module) {
    for (const at::Tensor &tensor : module.parameters())
        if (tensor.is_floating_point())
            return tensor.scalar_type() == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
    return torch::kFloat32;
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

} // namespace

Result<std::unique_ptr<FittedModel>> loadScriptModel(const QString &folder, const artifact::Signature &signature) {
    const QString file = folder + QStringLiteral("/model.pt"), cardFile = folder + QLatin1Char('/') + Q(scriptCardFile);
    PH_ASSIGN(const QByteArray text, readFile(cardFile));
    PH_ASSIGN(QJsonObject card, parseJsonObject(text, cardFile));
    JsonReader reader(card, cardFile);
    const QString format = reader.text("format"), word = reader.text("answers");
    const qint64 inputs = reader.integer("inputs");
    PH_TRY(reader.check());
    if (format != Q(scriptFormat) || inputs != qint64(signature.inputs.size()) || inputs < 1)
        return invalid(QStringLiteral("This card (%1, %2 inputs) does not fit a signature with %3 inputs.").arg(format).arg(inputs).arg(signature.inputs.size()), cardFile, QStringLiteral("Import the TorchScript again."));
    PH_ASSIGN(const Answers answers, answersOf(word, signature.classes.size(), cardFile));
    PH_ASSIGN(QByteArray bytes, readFile(file));
    try {
        static const bool quiet = [] { // standard output belongs to --json
            torch::jit::setPrintHandler([](const std::string &line) { std::fputs(line.c_str(), stderr); });
            return true;
        }();
        Q_UNUSED(quiet);
        PH_TRY(checkCode(bytes, file));
        std::istringstream stream(bytes.toStdString());
        torch::jit::Module module = torch::jit::load(stream, torch::kCPU);
        module.eval();
        PH_TRY(checkForward(module, file));
        const at::ScalarType type = typeOf(module);
        card.insert(Q("dtype"), type == torch::kFloat64 ? QStringLiteral("float64") : QStringLiteral("float32"));
        const std::size_t classes = signature.classes.size(), outputs = classes ? classes : signature.outputs.size();
        return std::unique_ptr<FittedModel>(std::make_unique<ScriptModel>(std::move(module), std::move(bytes), type, std::size_t(inputs), outputs, classes, answers, std::move(card)));
    } catch (const c10::Error &e) {
        Error error = invalid(QStringLiteral("Could not read this TorchScript."), file, QStringLiteral("Save it in Python by torch.jit.script(model).save(\"model.pt\"), with a PyTorch that is not newer than LibTorch here by a major version."));
        error.raw = QString::fromUtf8(e.what_without_backtrace());
        return error;
    } catch (const std::exception &e) {
        return invalid(QStringLiteral("Could not read this TorchScript: %1.").arg(QString::fromUtf8(e.what())), file);
    }
}

} // namespace pilothouse::learn
