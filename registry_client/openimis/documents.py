"""What is asked of openIMIS, word for word: whatever differs from call to call is a variable."""

LOGIN = """
mutation Login($username: String!, $password: String!) {
  tokenAuth(username: $username, password: $password) { token }
}"""

INDIVIDUALS = """
query Individuals($filters: [String]) {
  individual(customFilters: $filters, isDeleted: false, first: 20) {
    edges { node { id jsonExt } }
  }
}"""

PLANS = """
query Plans {
  benefitPlan(isDeleted: false, first: 50) {
    edges { node { id code name type dateValidFrom dateValidTo } }
  }
}"""

BENEFICIARIES = """
query Beneficiaries($individual: UUID) {
  beneficiary(individual_Id: $individual, isDeleted: false, first: 50) {
    edges { node { id status jsonExt benefitPlan { code name } } }
  }
}"""

APPLICATION = """
query Application($filters: [String]) {
  beneficiary(customFilters: $filters, isDeleted: false, first: 2) {
    edges { node { id status jsonExt } }
  }
}"""

BENEFITS = """
query Benefits($individual: UUID) {
  benefitConsumption(individual_Id: $individual, isDeleted: false, first: 50) {
    edges { node { code amount dateDue status } }
  }
}"""

TICKETS = """
query Tickets($mutation: String!) {
  tickets(clientMutationId: $mutation, first: 2) {
    edges { node { id code status description } }
  }
}"""

LOGS = """
query Logs($mutation: String!) {
  mutationLogs(clientMutationId: $mutation) { edges { node { status } } }
}"""

CREATE_TICKET = """
mutation CreateTicket($input: CreateTicketMutationInput!) {
  createTicket(input: $input) { clientMutationId }
}"""

CREATE_COMMENT = """
mutation CreateComment($input: CreateCommentMutationInput!) {
  createComment(input: $input) { clientMutationId }
}"""

REOPEN_TICKET = """
mutation ReopenTicket($input: ReopenTicketMutationInput!) {
  reopenTicket(input: $input) { clientMutationId }
}"""

CREATE_BENEFICIARY = """
mutation CreateBeneficiary($input: CreateBeneficiaryMutationInput!) {
  createBeneficiary(input: $input) { clientMutationId }
}"""
