from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """People are added by their clinic's administrator; nobody signs up."""

    def is_open_for_signup(self, request):
        return False
