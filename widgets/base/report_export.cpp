// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/report_export.h"

#include "core/fleet/save_export.h"
#include "widgets/base/report_pdf.h"
#include "widgets/base/toast.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QRegularExpression>

namespace pilothouse::ui {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ReportExport)
};

/// The page's own title, for the foot of each sheet.
QString titleOf(const QByteArray &page) {
    static const QRegularExpression title(QStringLiteral("<title>(.*?)</title>"));
    QString text = title.match(QString::fromUtf8(page.left(4096))).captured(1);
    return text.replace(QStringLiteral("&lt;"), QStringLiteral("<")).replace(QStringLiteral("&gt;"), QStringLiteral(">")).replace(QStringLiteral("&quot;"), QStringLiteral("\"")).replace(QStringLiteral("&amp;"), QStringLiteral("&"));
}

} // namespace

void exportReportTo(const PanelContext &context, QWidget *owner, const QString &file, const std::function<Result<QByteArray>()> &html) {
    if (!context.fleet)
        return;
    const auto saving = startTask<QString>(context.fleet->pools().waiting, [file, html](std::stop_token) -> Result<QString> {
        PH_ASSIGN(QByteArray bytes, html());
        if (file.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)) {
            bytes = pdfOf(bytes, titleOf(bytes));
            if (bytes.isEmpty())
                return Error{ErrorKind::Internal, Text::tr("The PDF could not be made."), file, Text::tr("Export it as a page (.html) and print that."), {}};
        }
        PH_TRY(fleet::saveExport(file, bytes));
        return file;
    });
    deliver(saving, owner, [toasts = context.toasts](const Result<QString> &saved) {
        if (!toasts)
            return;
        if (saved)
            toasts->show(State::Ok, Text::tr("Report saved"), *saved);
        else
            toasts->showError(saved.error());
    });
}

void exportReport(const PanelContext &context, QWidget *owner, const QString &title, const QString &name, const std::function<Result<QByteArray>()> &html) {
    static const QRegularExpression odd(QStringLiteral("[^\\p{L}\\p{N}._@+-]+"));
    auto *dialog = new QFileDialog(owner->window(), title, QString(), Text::tr("Page (*.html);;PDF (*.pdf)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("html"));
    dialog->selectFile(QString(name).replace(odd, QStringLiteral("-")) + QStringLiteral(".html"));
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) { dialog->setDefaultSuffix(filter.contains(QLatin1String("*.pdf")) ? QStringLiteral("pdf") : QStringLiteral("html")); });
    QObject::connect(dialog, &QFileDialog::fileSelected, owner, [context, owner, html](const QString &file) { exportReportTo(context, owner, file, html); });
    dialog->open();
}

} // namespace pilothouse::ui
