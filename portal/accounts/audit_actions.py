"""Audited actions about accounts, with their labels."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class AccountAction(AuditAction):
    """An audited action on an account; its value is stored in audit entries."""

    REGISTER = "accounts.register", _("Registered"), True
    REGISTER_AGAIN = "accounts.register_again", _("Registered again with a known email")
    CREATE_ADMINISTRATOR = "accounts.create_administrator", _("Office account created"), True
    RESEND_LINK = "accounts.resend_link", _("Requested another confirmation link")
    VERIFY = "accounts.verify", _("Accepted"), True
    VERIFY_BY_MAIL = "accounts.verify_by_mail", _("Email confirmed"), True
    DECLINE = "accounts.decline", _("Registration declined"), True
    ASK = "accounts.ask", _("Asked for more information"), True
    ANSWER = "accounts.answer", _("Answered the office"), True, True
    UNDO = "accounts.undo_decision", _("Decision undone"), True
    CONFIRM_EMAIL = "accounts.confirm_email", _("Email confirmed; waits for the office"), True
    CORRECT_EMAIL = "accounts.correct_email", _("Email corrected after registering"), True
    UNVERIFY = "accounts.unverify", _("Verification withdrawn"), True
    CHANGE_ROLE = "accounts.change_role", _("Role changed"), True
    WARN = "accounts.warn", _("Warning sent"), True
    READ_WARNING = "accounts.read_warning", _("Warning read"), True, True
    BAN = "accounts.ban", _("Banned"), True
    UNBAN = "accounts.unban", _("Ban lifted"), True
    APPOINT = "accounts.appoint", _("Rights given"), True
    DISMISS = "accounts.dismiss", _("Rights removed"), True
    IMPORT_ALLOW_LIST = "accounts.import_allow_list", _("Allow list imported")
    LINK_AFTER_IMPORT = "accounts.link_after_import", _("Now on the allow list: confirmation link sent"), True
    SIGN_IN = "accounts.sign_in", _("Signed in")
    SIGN_IN_FAILED = "accounts.sign_in_failed", _("Sign-in failed")
    SIGN_IN_REFUSED = "accounts.sign_in_refused", _("Sign-in refused")
    FIRST_STEP = "accounts.first_step", _("Password accepted, code awaited")
    SECOND_STEP_REFUSED = "accounts.second_step_refused", _("Wrong code at sign-in")
    REQUEST_CODE = "accounts.request_code", _("Requested a code to sign in")
    CODE_REFUSED = "accounts.code_refused", _("Wrong code entered")
    REFRESH = "accounts.refresh", _("App sign-in renewed")
    REFRESH_TOKEN_REUSED = "accounts.refresh_token_reused", _("App signed out: an old sign-in was used again")
    SIGN_OUT = "accounts.sign_out", _("Signed out"), False, True
    SIGN_OUT_EVERYWHERE = "accounts.sign_out_everywhere", _("Signed out everywhere")
    SIGN_OUT_ELSEWHERE = "accounts.sign_out_elsewhere", _("Signed out everywhere else")
    END_SIGN_IN = "accounts.end_sign_in", _("Signed out on one device")
    END_SIGN_INS = "accounts.end_sign_ins", _("Signed out everywhere by the office"), True
    REAUTHENTICATE = "accounts.prove", _("Confirmed their identity again")
    REAUTHENTICATION_FAILED = "accounts.prove_failed", _("Could not confirm their identity")
    REQUEST_REAUTHENTICATION_CODE = "accounts.request_proof_code", _("Requested a code to confirm their identity")
    CHANGE_SECOND_FACTOR = "accounts.change_second_factor", _("Two-step verification changed")
    BEGIN_AUTHENTICATOR = "accounts.begin_authenticator", _("Started to set up an authenticator app")
    REMOVE_SECOND_FACTOR = "accounts.remove_second_factor", _("Two-step verification turned off by the office"), True
    RENEW_RECOVERY_CODES = "accounts.renew_recovery_codes", _("New recovery codes created")
    REQUEST_RESET = "accounts.request_reset", _("Requested a link to set a password")
    RESET_PASSWORD = "accounts.reset_password", _("Password set by a link")
    CHANGE_PASSWORD = "accounts.change_password", _("Password changed")
    CHANGE_PASSWORD_REFUSED = "accounts.change_password_refused", _("Wrong current password entered")
    REQUEST_EMAIL_CHANGE = "accounts.request_address", _("New email entered")
    CHANGE_EMAIL = "accounts.change_address", _("Email changed")
    UNDO_EMAIL_CHANGE = "accounts.undo_address", _("Change of email undone")
    EMAIL_CHANGE_REFUSED = "accounts.address_refused", _("Wrong code for a new email")
    PREFERENCES = "accounts.preferences", _("Language, theme or time zone changed"), False, True
    RENAME = "accounts.rename", _("Name changed"), False, True
