// SPDX-License-Identifier: GPL-3.0-or-later
// One of the translation units that see LibTorch: what a service loads without us.
#include <torch/script.h>

#include "core/learn/torch/export_script.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/learn/import_torch.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using data::ColumnMap;

constexpr std::size_t blockRows = 1024;

std::string number(std::size_t value) { return std::to_string(value); }
at::Tensor vectorTensor(const std::vector<double> &values) { return torch::tensor(values, torch::kFloat64); }

/// The numbers of a category's lines, then that of an unknown and of a missing one, [categories + 2 × columns].
at::Tensor tableTensor(const data::CategoryTable &table) {
    std::vector<double> all;
    for (const auto &line : table.lines)
        all.insert(all.end(), line.begin(), line.end());
    all.insert(all.end(), table.unknown.begin(), table.unknown.end());
    all.insert(all.end(), table.missing.begin(), table.missing.end());
    return vectorTensor(all).reshape({std::int64_t(table.lines.size()) + 2, std::int64_t(table.names.size())});
}

/// Collects the parts of forward() that pre-process, and what they need as buffers of the module: what FittedTransforms::applyRow does.
class Preparation {
public:
    Preparation(const artifact::Signature &signature, const std::vector<ColumnMap> &maps, torch::jit::Module &module) : m_maps(maps), m_module(module) {
        std::vector<double> fill, offset, scale;
        std::vector<std::uint8_t> required;
        for (std::size_t i = 0; i < maps.size(); ++i) {
            fill.push_back(maps[i].fill);
            required.push_back(signature.inputs[i].optional ? 0 : 1);
            offset.insert(offset.end(), maps[i].offset.begin(), maps[i].offset.end());
            scale.insert(scale.end(), maps[i].scale.begin(), maps[i].scale.end());
        }
        module.register_buffer("fill", vectorTensor(fill));
        module.register_buffer("required", torch::tensor(required, torch::kUInt8).to(torch::kBool));
        module.register_buffer("offset", vectorTensor(offset));
        module.register_buffer("scale", vectorTensor(scale));
        for (std::size_t i = 0; i < maps.size();)
            i = maps[i].category ? category(i) : numbers(i);
    }
    /// Of `w` [n × inputs] makes `z` [n × columns].
    std::string code() const {
        return "    assert not bool(torch.any(torch.logical_or(torch.isinf(w), torch.logical_and(torch.isnan(w), self.required)))), "
               "'a value is missing that the model does not fill in, or is not finite'\n" +
               m_checks + "    w = torch.where(torch.isnan(w), self.fill, w)\n"
               "    z = (torch.cat([" + m_parts + "], 1) - self.offset) / self.scale\n";
    }

private:
    void part(const std::string &code) { m_parts += (m_parts.empty() ? "" : ", ") + code; }

    std::size_t numbers(std::size_t first) {
        std::size_t last = first;
        while (last < m_maps.size() && !m_maps[last].category)
            ++last;
        part("w.narrow(1, " + number(first) + ", " + number(last - first) + ")");
        return last;
    }
    std::size_t category(std::size_t i) {
        const ColumnMap &map = m_maps[i];
        const std::string at = number(i), column = "w.select(1, " + at + ")", count = number(map.categories.size()), name = (map.hot ? "codes_" : "table_") + at;
        if (map.refusesUnknown)
            m_checks += "    assert not bool(torch.any(" + column + " < 0)), 'a category is unknown to the model, which refuses such rows'\n";
        if (map.hot) {
            m_module.register_buffer(name, torch::arange(std::int64_t(map.categories.size()), torch::kFloat64));
            part("torch.eq(w.narrow(1, " + at + ", 1), self." + name + ").double()");
            return i + 1;
        }
        m_module.register_buffer(name, tableTensor(*map.table)); // unknown: line `count`, missing: the one behind it
        const std::string unknown = "torch.full_like(" + column + ", " + count + ")", missing = "torch.full_like(" + column + ", " + number(map.categories.size() + 1) + ")";
        part("self." + name + ".index_select(0, torch.where(torch.isnan(" + column + "), " + missing + ", torch.where(torch.logical_or(" + column + " < 0, " + column + " >= " + count + "), " +
             unknown + ", " + column + ")).long())");
        return i + 1;
    }

    const std::vector<ColumnMap> &m_maps;
    torch::jit::Module &m_module;
    std::string m_parts, m_checks;
};

/// Turns whatever shape came into rows `w` [n × inputs], and remembers it.
std::string takeCode(const artifact::Signature &signature) {
    const std::string inputs = number(signature.inputs.size()), fits = "    assert w.dim() == 2 and w.size(1) == " + inputs + ", 'the model takes rows of " + inputs + " values";
    std::string code = "    w = x.double()\n"
                       "    alone = w.dim() == 1\n"
                       "    timed = False\n"
                       "    if alone:\n"
                       "        w = w.unsqueeze(0)\n";
    if (const std::size_t window = signature.window(); window > 0) {
        const std::string steps = number(window), series = number(signature.inputs.size() / window);
        if (window > 1) // with one step a window and a row are the same
            code += "    if w.dim() == 2 and w.size(0) == " + steps + " and w.size(1) == " + series + " and not alone:\n"
                    "        w = w.unsqueeze(0)\n"
                    "        alone = True\n";
        code += "    if w.dim() == 3 and w.size(1) == " + steps + " and w.size(2) == " + series + ":\n"
                "        w = w.transpose(1, 2).reshape([-1, " + inputs + "])\n"
                "        timed = True\n" + fits + ", or windows of " + steps + " steps of " + series + " series'\n";
    } else {
        code += fits + "'\n";
    }
    return code;
}

/// Of the network's answer `y` makes what is given back, in the shape that was asked in.
std::string giveCode(const artifact::Signature &signature) {
    std::string code;
    if (const std::size_t targets = std::size_t(signature.targets().size()); targets > 1)
        code += "    if timed:\n        y = y.reshape([-1, " + number(targets) + ", " + number(signature.horizon()) + "]).transpose(1, 2)\n";
    return code + "    if alone:\n        y = y.select(0, 0)\n    return y.contiguous()\n";
}

QJsonObject cardWith(QJsonObject card, const artifact::Signature &signature) {
    QJsonArray inputs, outputs, classes;
    for (const artifact::Input &input : signature.inputs)
        inputs.append(input.name);
    for (const QString &output : signature.outputs)
        outputs.append(output);
    for (const std::string &name : signature.classes)
        classes.append(QString::fromStdString(name));
    const std::size_t window = signature.window();
    card.insert(Q("format"), Q(exportFormat));
    card.insert(Q("task"), workspace::taskName(signature.task));
    card.insert(Q("inputs"), inputs);
    card.insert(Q("outputs"), outputs);
    card.insert(Q("classes"), classes);
    card.insert(Q("window"), qint64(window));
    card.insert(Q("series"), qint64(window ? signature.inputs.size() / window : 0));
    return card;
}

/// LibTorch's own words without its stack.
Error failed(const std::exception &e, const QString &what, const QString &where) {
    Error error = invalid(what, where);
    const auto *own = dynamic_cast<const c10::Error *>(&e);
    error.raw = QString::fromUtf8(own ? own->what_without_backtrace() : e.what());
    return error;
}

/// The same answer but for rounding: a batch of another shape may go through another kernel, with other last bits (oneDNN in LibTorch 2 does).
bool sameAnswer(const at::Tensor &a, const at::Tensor &b) { return a.sizes() == b.sizes() && torch::allclose(a, b, 1e-4, 1e-5 * std::max(1.0, b.abs().max().to(torch::kDouble).item<double>())); }

/// Some rows asked as windows give what they gave as rows.
Result<void> checkWindows(torch::jit::Module &module, const artifact::Signature &signature, const at::Tensor &rows, const at::Tensor &answers) {
    const auto window = std::int64_t(signature.window()), n = rows.size(0), targets = std::int64_t(signature.targets().size());
    const at::Tensor windows = rows.reshape({n, -1, window}).transpose(1, 2).contiguous();
    at::Tensor timed = module.forward({windows}).toTensor();
    if (targets > 1)
        timed = timed.transpose(1, 2).reshape({n, -1});
    const auto flat = [&](const at::Tensor &x) { return module.forward({x}).toTensor().reshape({-1}); };
    const bool alone = window == 1 || sameAnswer(flat(windows.select(0, 0)), flat(windows.narrow(0, 0, 1))); // one step alone is a row
    if (!alone || !sameAnswer(timed, answers))
        return Error{ErrorKind::Internal, QStringLiteral("The exported TorchScript answers windows otherwise than rows."), {}, {}, {}};
    return {};
}

} // namespace

Result<QByteArray> exportScript(const QString &folder, const artifact::Signature &signature, const data::FittedTransforms &transforms, const QJsonObject &card) {
    const QString file = folder + QStringLiteral("/model.pt");
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    try {
        std::istringstream in(bytes.toStdString());
        torch::jit::Module network = torch::jit::load(in, torch::kCPU), module("PilothouseExport");
        network.eval();
        module.register_module("network", network);
        const Preparation preparation(signature, transforms.maps(), module);
        module.register_attribute("card", c10::StringType::get(), canonicalJson(cardWith(card, signature)).toStdString());
        module.define("def forward(self, x):\n" + takeCode(signature) + preparation.code() + "    y = self.network.forward(z)\n" + giveCode(signature));
        module.eval();
        std::ostringstream out;
        module.save(out);
        return QByteArray::fromStdString(out.str());
    } catch (const std::exception &e) {
        Error error = failed(e, QStringLiteral("No TorchScript with pre-processing inside could be made of this model."), file);
        error.kind = ErrorKind::Internal;
        return error;
    }
}

Result<artifact::Predictions> runExport(const QString &file, const artifact::Signature &signature, const data::Rows &rows) {
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    try {
        std::istringstream in(bytes.toStdString());
        torch::jit::Module module = torch::jit::load(in, torch::kCPU);
        const c10::InferenceMode guard;
        artifact::Predictions out;
        out.count = rows.count;
        out.classes = signature.classes.size();
        out.outputs = out.classes ? 1 : signature.outputs.size();
        std::vector<double> &answers = out.classes ? out.probabilities : out.values;
        for (std::size_t first = 0; first < rows.count; first += blockRows) {
            const std::size_t count = std::min(blockRows, rows.count - first);
            const at::Tensor block = torch::from_blob(const_cast<double *>(rows.values.data() + first * rows.width), {std::int64_t(count), std::int64_t(rows.width)}, torch::kFloat64);
            const at::Tensor answer = module.forward({block}).toTensor().contiguous();
            if (answer.dim() != 2 || std::size_t(answer.size(0)) != count || std::size_t(answer.size(1)) != (out.classes ? out.classes : out.outputs))
                return Error{ErrorKind::Internal, QStringLiteral("The exported TorchScript gives another shape than the model."), file, {}, {}};
            if (first == 0 && signature.window() > 0)
                PH_TRY(checkWindows(module, signature, block, answer));
            answers.insert(answers.end(), answer.data_ptr<double>(), answer.data_ptr<double>() + answer.numel());
        }
        return out;
    } catch (const std::exception &e) {
        return failed(e, QStringLiteral("The exported TorchScript could not be run."), file);
    }
}

} // namespace pilothouse::learn
